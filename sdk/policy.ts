/**
 * What a policy is: a class with a handler for each phase that it takes part in. A handler that is not
 * overridden costs nothing: the build notes which ones there are. One object serves every request of
 * a chain, so its fields are set in `configure` and only read afterwards; what belongs to one request
 * goes into `request.state<T>()`.
 */
import { Answer, Call } from "./call";
import { callForAll } from "./engine/acts";
import { startKeeping } from "./engine/kept";
import { Body, Chunk } from "./body";
import { Headers } from "./headers";
import { Request } from "./request";
import { Response } from "./response";
import { Exchange } from "./exchange";

/** What a handler decides. */
export enum Verdict {
  /** On to the next policy. */
  Continue = 0,
  /** Wait: an answer or a timer that this handler asked for will come. */
  Pause = 1,
  /** The request was answered here. `deny` and `respond` return this. */
  Respond = 2,
}

export abstract class Handlers {
  /** Checks and prepares once per chain. Returns what is wrong with the parameters, or null. */
  configure(): string | null {
    return null;
  }

  /** After `configure`: false if these parameters need no `onRequestBody`, so that no body is held. */
  takesRequestBody(): bool {
    return true;
  }

  takesResponseBody(): bool {
    return true;
  }

  onRequestHeaders(request: Request): Verdict {
    return Verdict.Continue;
  }

  /** With the whole body; an absent body is an empty one. */
  onRequestBody(request: Request, body: Body): Verdict {
    return Verdict.Continue;
  }

  /** With each piece of the body, as it flows. */
  onRequestChunk(exchange: Exchange, chunk: Chunk): Verdict {
    return Verdict.Continue;
  }

  onRequestTrailers(exchange: Exchange, trailers: Headers): Verdict {
    return Verdict.Continue;
  }

  /** The answer to a call that was made while the request waited. */
  onRequestAnswer(request: Request, answer: Answer): Verdict {
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    return Verdict.Continue;
  }

  onResponseBody(response: Response, body: Body): Verdict {
    return Verdict.Continue;
  }

  onResponseChunk(exchange: Exchange, chunk: Chunk): Verdict {
    return Verdict.Continue;
  }

  onResponseTrailers(exchange: Exchange, trailers: Headers): Verdict {
    return Verdict.Continue;
  }

  onResponseAnswer(response: Response, answer: Answer): Verdict {
    return Verdict.Continue;
  }

  /** Once, before the first request: the place to fetch what every request needs. */
  onSetup(): void {}

  /** The answer to a call made with `refresh`: the place to fill a `Cell`. */
  onRefresh(answer: Answer): void {}

  /** Every `tickMs` milliseconds, in each worker. */
  onTick(): void {}

  /** Headers of the request that later phases may read, as the client sent them. */
  readonly keptHeaders: string[] = [];

  /** In `configure`: asks for a request header to be kept, for `client()` in later phases. */
  keep(name: string): void {
    startKeeping();
    this.keptHeaders.push(name.toLowerCase());
  }

  /** Set in `configure`: how often `onTick` comes, at least 50. */
  tickMs: i32 = 0;

  /**
   * Makes a call for all requests; its answer comes to `onRefresh`. Requests that cannot go on without
   * it return `request.again()`. False if the host will not make the call.
   */
  refresh(call: Call): bool {
    return callForAll(call);
  }

  /** After everything, for every request that reached the chain. */
  onLog(exchange: Exchange): void {}
}

export abstract class Policy<P> extends Handlers {
  constructor(public readonly params: P) {
    super();
  }
}
