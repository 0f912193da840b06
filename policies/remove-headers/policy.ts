import { Headers, Policy, Request, Response, Verdict } from "sluice/sdk";
import { Params, Side } from "./params";

/** Removes request and response headers. */
export class RemoveHeaders extends Policy<Params> {
  configure(): string | null {
    const side = this.params.request;
    for (let i = 0; side !== null && i < side.headers.length; i++) {
      // Envoy answers 503 to a request that has lost it.
      if (side.headers[i].name.toLowerCase() == "host") {
        return "request.headers[" + i.toString() + "].name: host cannot be removed";
      }
    }
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    return remove(this.params.request, request.headers);
  }

  onResponseHeaders(response: Response): Verdict {
    return remove(this.params.response, response.headers);
  }
}

function remove(side: Side | null, headers: Headers): Verdict {
  for (let i = 0; side !== null && i < side.headers.length; i++) {
    headers.remove(side.headers[i].name);
  }
  return Verdict.Continue;
}
