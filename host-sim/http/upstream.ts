/** Services behind the gateway, as a test describes them: what is routed to, and what callouts reach. */
import { bytesOf, headerBytes } from "../bytes.ts";
import type { Clock, Timer } from "../state/clock.ts";
import { HeaderMap, type Pair } from "./headers.ts";

export type HeaderInput =
  readonly (readonly [string, string])[] | Record<string, string | string[]>;
export type BodyInput = string | Uint8Array | (string | Uint8Array)[];

export interface UpstreamRequest {
  method: string;
  path: string;
  headers: Pair[];
  body: Uint8Array;
  trailers: Pair[];
  /** The cluster that was asked; empty for the route's own upstream. */
  cluster: string;
}

export interface UpstreamAnswer {
  status?: number;
  headers?: HeaderInput;
  /** An array goes out chunk by chunk, without a length. */
  body?: BodyInput | AsyncIterable<string | Uint8Array>;
  trailers?: HeaderInput;
  /** A frame of metadata, of HTTP/2, behind the headers. */
  metadata?: HeaderInput;
  delayMs?: number;
  /** Is given what ends the delay, with another answer. */
  unless?(hurry: (answer: UpstreamAnswer) => void): void;
  /** Between two chunks. */
  chunkDelayMs?: number;
  /** Hangs up instead of finishing. */
  disconnect?: "before-headers" | "after-headers" | "mid-body";
}

export type Upstream =
  | UpstreamAnswer
  | ((request: UpstreamRequest) => UpstreamAnswer | Promise<UpstreamAnswer>)
  | "refuse"
  | "hang"
  | "reset";

export type ResetReason = "refused" | "reset";

export interface UpstreamListener {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Uint8Array, end: boolean): void;
  trailers(trailers: HeaderMap): void;
  metadata?(entries: number): void;
  reset(reason: ResetReason): void;
}

/** How many promises of a test's own functions are open: while there is one, virtual time waits. */
export interface Waiting {
  count: number;
  /** Called when the count falls. */
  changed(): void;
}

export function pairsOf(headers: HeaderInput | undefined): Pair[] {
  if (!headers) return [];
  if (Array.isArray(headers)) return headers.map(([name, value]) => [name, headerBytes(value)]);
  return Object.entries(headers as Record<string, string | string[]>).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((one): Pair => [name, headerBytes(one)])
      : [[name, headerBytes(value)] as Pair],
  );
}

/** Most bytes that a connection reads at once: a body that is not given in pieces comes in such. */
const mostAtOnce = 32_768;

export function bodyChunks(body: BodyInput | undefined): Uint8Array[] {
  if (body === undefined) return [];
  if (Array.isArray(body)) return body.map(bytesOf).filter(({ length }) => length > 0);
  const bytes = bytesOf(body);
  if (bytes.length <= mostAtOnce) return bytes.length ? [bytes] : [];
  return Array.from({ length: Math.ceil(bytes.length / mostAtOnce) }, (_, i) =>
    bytes.subarray(i * mostAtOnce, (i + 1) * mostAtOnce),
  );
}

const isStream = (body: UpstreamAnswer["body"]): body is AsyncIterable<string | Uint8Array> =>
  typeof body === "object" && Symbol.asyncIterator in body;

export class UpstreamCall {
  #cancelled = false;
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly waiting: Waiting,
    private readonly listener: UpstreamListener,
    private readonly head: boolean,
  ) {}

  cancel(): void {
    this.#cancelled = true;
    this.clock.cancel(this.#timer);
  }

  start(upstream: Upstream, request: UpstreamRequest): void {
    if (upstream === "hang") return;
    if (upstream === "refuse") return this.listener.reset("refused");
    if (upstream === "reset") return this.listener.reset("reset");
    if (typeof upstream !== "function") return this.#answer(upstream);
    const answer = upstream(request);
    if (!(answer instanceof Promise)) return this.#answer(answer);
    this.waiting.count++;
    const settled = (): void => {
      this.waiting.count--;
      this.waiting.changed();
    };
    answer.then(
      (value) => {
        if (!this.#cancelled) this.#answer(value);
        settled();
      },
      () => {
        if (!this.#cancelled) this.listener.reset("reset");
        settled();
      },
    );
  }

  #answer(answer: UpstreamAnswer): void {
    if (!answer.delayMs) return this.#deliver(answer);
    const timer = this.clock.after(answer.delayMs, () => this.#deliver(answer));
    this.#timer = timer;
    answer.unless?.((other) => {
      if (this.#cancelled || timer.cancelled) return;
      this.clock.cancel(timer);
      this.#timer = this.clock.after(0, () => this.#deliver(other));
    });
  }

  #deliver(answer: UpstreamAnswer): void {
    if (answer.disconnect === "before-headers") return this.listener.reset("reset");
    const { body = "" } = answer;
    const streamed = isStream(body);
    if (streamed) return this.#stream(answer, body);
    const chunks = bodyChunks(body);
    const status = answer.status ?? 200;
    const headers = HeaderMap.of("response", [
      [":status", String(status)],
      ...pairsOf(answer.headers),
    ]);
    const trailers = answer.trailers ? HeaderMap.of("trailers", pairsOf(answer.trailers)) : null;
    const bare = this.head || status === 204 || status === 304;
    if (headers.get("content-length") === null && headers.get("transfer-encoding") === null) {
      // A service says of a HEAD's missing body how long it is, but not how it would come.
      if (Array.isArray(body) || trailers) {
        if (!this.head) headers.add("transfer-encoding", "chunked");
      } else if (status !== 204 && status !== 304)
        headers.add("content-length", String(bytesOf(body).length));
    }
    const end = bare || headers.get("content-length") === "0";
    this.listener.headers(headers, end && !trailers);
    if (answer.metadata && !this.#cancelled)
      this.listener.metadata?.(pairsOf(answer.metadata).length);
    if (this.#cancelled || (end && !trailers)) return;
    if (answer.disconnect === "after-headers") return this.listener.reset("reset");
    this.#chunk(answer, chunks, trailers, 0);
  }

  /** Chunks as they come, for an upstream that is real. */
  #stream(answer: UpstreamAnswer, body: AsyncIterable<string | Uint8Array>): void {
    const headers = HeaderMap.of("response", [
      [":status", String(answer.status ?? 200)],
      ...pairsOf(answer.headers),
    ]);
    this.waiting.count++;
    const pull = async (): Promise<void> => {
      this.listener.headers(headers, false);
      for await (const chunk of body) {
        if (this.#cancelled) return;
        this.listener.data(bytesOf(chunk), false);
      }
      if (!this.#cancelled) this.listener.data(new Uint8Array(0), true);
    };
    void pull()
      .catch(() => this.#cancelled || this.listener.reset("reset"))
      .finally(() => {
        this.waiting.count--;
        this.waiting.changed();
      });
  }

  #break(afterMs = 0): void {
    const reset = (): void => this.listener.reset("reset");
    if (afterMs > 0) this.#timer = this.clock.after(afterMs, reset);
    else reset();
  }

  #chunk(
    answer: UpstreamAnswer,
    chunks: Uint8Array[],
    trailers: HeaderMap | null,
    i: number,
  ): void {
    for (; i < chunks.length; i++) {
      this.listener.data(chunks[i]!, false);
      if (this.#cancelled) return;
      if (answer.disconnect === "mid-body") return this.#break(answer.chunkDelayMs);
      if (answer.chunkDelayMs && i + 1 < chunks.length) {
        const next = i + 1;
        this.#timer = this.clock.after(answer.chunkDelayMs, () =>
          this.#chunk(answer, chunks, trailers, next),
        );
        return;
      }
    }
    if (trailers) this.listener.trailers(trailers);
    else this.listener.data(new Uint8Array(0), true);
  }
}
