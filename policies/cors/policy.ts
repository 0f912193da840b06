import { Headers, Policy, Reply, Request, Response, Verdict } from "sluice/sdk";
import { Grants } from "./grants";
import { Origins } from "./origins";
import { Params } from "./params";

/** What a request was granted: kept for its response. */
class Granted {
  /** The headers of the answer, names and values alternating; none for a page that may not read it. */
  headers: string[] = [];
}

/** Tells browsers which pages may read the API. Every OPTIONS request counts as preflight. */
export class Cors extends Policy<Params> {
  private origins: Origins = new Origins();
  private grants: Grants = new Grants();

  configure(): string | null {
    const p = this.params;
    const problem = this.origins.read(p.allowedOrigins, p.wholeOrigin);
    if (problem !== null) return problem;
    if (this.origins.any && p.allowCredentials) {
      return "allowCredentials: not together with the origin *; name the origins";
    }
    this.grants.read(p);
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    const preflight = request.method == "OPTIONS";
    const headers = this.headersFor(request.headers, preflight);
    if (preflight && !this.params.forwardPreflight) {
      const reply = new Reply(204);
      for (let i = 0; i < headers.length; i += 2) reply.header(headers[i], headers[i + 1]);
      return request.respond(reply);
    }
    request.state<Granted>().headers = headers;
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    const headers = response.headers;
    const names = headers.names();
    // The gateway answers for these; what the upstream grants by itself is not seen.
    for (let i = 0; i < names.length; i++) {
      if (names[i].startsWith("access-control-")) headers.remove(names[i]);
    }
    const granted = response.state<Granted>().headers;
    for (let i = 0; i < granted.length; i += 2) {
      if (granted[i] != "vary") headers.set(granted[i], granted[i + 1]);
    }
    if (!this.origins.any) vary(headers);
    return Verdict.Continue;
  }

  /** A preflight gets all or nothing; two origins in one request are none. */
  private headersFor(headers: Headers, preflight: bool): string[] {
    const origins = headers.all("origin");
    if (origins.length != 1 || !this.origins.allow(origins[0])) return [];
    const origin = this.origins.any ? "*" : origins[0];
    if (!preflight) return this.grants.ofAnswer(origin);
    const method = headers.get("access-control-request-method");
    const names = headers.all("access-control-request-headers").join(",");
    return this.grants.ofPreflight(origin, method === null ? "" : method, names);
  }
}

/** A cache must not give one origin's answer to another, nor one without CORS headers to a page. */
function vary(headers: Headers): void {
  const names = headers.all("vary").join(",").toLowerCase().split(",");
  for (let i = 0; i < names.length; i++) {
    const name = names[i].trim();
    if (name == "origin" || name == "*") return;
  }
  headers.append("vary", "Origin");
}
