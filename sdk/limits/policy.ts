/** A policy that limits: it says in `configure` what its limiter counts; how, is here. */
import { Body } from "../body";
import { Exchange } from "../exchange";
import { Policy, Verdict } from "../policy";
import { Request } from "../request";
import { Response } from "../response";
import { Counted, Limiter } from "./limiter";

export abstract class LimitingPolicy<P> extends Policy<P> {
  /** Set in `configure`. */
  limiter: Limiter | null = null;

  takesRequestBody(): bool {
    return this.limiter!.needsRequestBody;
  }

  takesResponseBody(): bool {
    return this.limiter!.needsResponseBody;
  }

  onRequestHeaders(request: Request): Verdict {
    return this.admit(request, null);
  }

  onRequestBody(request: Request, body: Body): Verdict {
    return this.admit(request, body);
  }

  onResponseHeaders(response: Response): Verdict {
    this.limiter!.respond(response, response.state<Counted>(), null);
    return Verdict.Continue;
  }

  onResponseBody(response: Response, body: Body): Verdict {
    this.limiter!.respond(response, response.state<Counted>(), body);
    return Verdict.Continue;
  }

  onLog(exchange: Exchange): void {
    this.limiter!.close(exchange, exchange.state<Counted>());
  }

  private admit(request: Request, body: Body | null): Verdict {
    const wait = this.limiter!.admit(request, request.state<Counted>(), body);
    if (wait < 0) return Verdict.Respond;
    return wait ? request.after(wait) : Verdict.Continue;
  }
}
