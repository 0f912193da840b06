import { Body, Headers, Policy, Request, Response, Verdict } from "sluice/sdk";
import { problemOfField } from "sluice/sdk/std/net/field";
import { Header, Params } from "./params";

/** Sets or appends request and response headers. */
export class SetHeaders extends Policy<Params> {
  configure(): string | null {
    const up = this.params.request;
    let problem: string | null = null;
    if (up !== null) problem = problemOf(up.headers, "request");
    const down = this.params.response;
    if (problem === null && down !== null) problem = problemOf(down.headers, "response");
    return problem;
  }

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

function problemOf(list: Header[], side: string): string | null {
  for (let i = 0; i < list.length; i++) {
    const problem = problemOfField(list[i].name, list[i].value);
    if (problem !== null) return side + ".headers[" + i.toString() + "]: " + problem;
  }
  return null;
}

function apply(list: Header[], headers: Headers): void {
  for (let i = 0; i < list.length; i++) {
    const header = list[i];
    if (header.mode == "append") headers.append(header.name, header.value);
    else headers.set(header.name, header.value);
  }
}
