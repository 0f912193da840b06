import { Body, Headers, Policy, Request, Response, Verdict } from "sluice/sdk";
import { Header, Params } from "./params";

/** Sets or appends request and response headers. */
export class SetHeaders extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const side = this.params.request;
    if (side !== null && side.phase == "header") apply(side.headers, request.headers);
    return Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    apply(this.params.request!.headers, request.headers);
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    const side = this.params.response;
    if (side !== null) apply(side.headers, response.headers);
    return Verdict.Continue;
  }

  /** Holds the body only if the parameters say so. */
  takesRequestBody(): bool {
    const side = this.params.request;
    return side !== null && side.phase == "body";
  }
}

function apply(list: Header[], headers: Headers): void {
  for (let i = 0; i < list.length; i++) {
    const header = list[i];
    if (header.mode == "append") headers.append(header.name, header.value);
    else headers.set(header.name, header.value);
  }
}
