import { Body, Headers, Policy, Reply, Request, Response, Verdict } from "sluice/sdk";
import { Params, Side } from "./params";
import { Transform } from "./transform";

/** Changes JSON bodies of requests and responses. */
export class JsonTransform extends Policy<Params> {
  private up: Transform | null = null;
  private down: Transform | null = null;

  configure(): string | null {
    const request = this.params.request;
    if (request !== null) {
      const up = new Transform(request);
      this.up = up;
      if (up.problem !== null) return "request." + up.problem!;
    }
    const response = this.params.response;
    if (response === null) return null;
    const down = new Transform(response);
    this.down = down;
    return down.problem === null ? null : "response." + down.problem!;
  }

  takesRequestBody(): bool {
    return this.up !== null;
  }

  takesResponseBody(): bool {
    return this.down !== null;
  }

  /** Asks the upstream for a whole answer, and a plain one: nothing else can be changed. */
  onRequestHeaders(request: Request): Verdict {
    if (this.down === null) return Verdict.Continue;
    request.headers.remove("accept-encoding");
    request.headers.remove("range");
    return Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    const up = this.up;
    if (up === null || !body.length) return Verdict.Continue;
    if (!isJson(request.headers)) {
      if (this.params.request!.otherTypes == "pass") return Verdict.Continue;
      return request.deny(415, "Expected a JSON body");
    }
    const outcome = up.apply(body.bytes());
    const bytes = outcome.bytes;
    if (bytes !== null && body.replaceBytes(bytes)) return Verdict.Continue;
    return request.deny(400, "The body cannot be read as JSON: " + outcome.fault);
  }

  onResponseBody(response: Response, body: Body): Verdict {
    const down = this.down;
    if (down === null || !body.length) return Verdict.Continue;
    if (!isJson(response.headers)) {
      if (this.params.response!.otherTypes != "refuse") return Verdict.Continue;
      return response.deny(502, "The upstream sent no JSON");
    }
    const bytes = down.apply(body.bytes()).bytes;
    if (bytes === null || !body.replaceBytes(bytes)) {
      return response.deny(502, "The upstream sent no JSON that can be read");
    }
    // They were about the old body.
    response.headers.remove("etag");
    response.headers.remove("content-md5");
    response.headers.remove("digest");
    response.headers.remove("content-digest");
    response.headers.remove("repr-digest");
    return Verdict.Continue;
  }
}

function isJson(headers: Headers): bool {
  const sent = headers.get("content-type");
  if (sent === null) return false;
  const type = sent.split(";")[0].trim().toLowerCase();
  return type == "application/json" || type == "text/json" || type.endsWith("+json");
}
