import { Headers, Policy, Request, Response, Verdict } from "sluice/sdk";
import { Params } from "./params";

/** What the response must know of a request that is gone by then. */
class Seen {
  secure: bool = false;
}

/** Adds the response headers by which browsers protect users, and drops those that tell too much. */
export class SecurityHeaders extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    if (request.scheme == "https") request.state<Seen>().secure = true;
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    const p = this.params;
    const headers = response.headers;
    for (let i = 0; i < p.remove.length; i++) headers.remove(p.remove[i]);
    // A browser must ignore it without TLS, and a gateway must not send it (RFC 6797, section 7.2).
    if (response.state<Seen>().secure) {
      this.put(headers, "strict-transport-security", p.strictTransportSecurity);
    }
    this.put(headers, "x-content-type-options", p.contentTypeOptions);
    this.put(headers, "x-frame-options", p.frameOptions);
    this.put(headers, "content-security-policy", p.contentSecurityPolicy);
    this.put(headers, "referrer-policy", p.referrerPolicy);
    this.put(headers, "permissions-policy", p.permissionsPolicy);
    this.put(headers, "cross-origin-opener-policy", p.crossOriginOpenerPolicy);
    this.put(headers, "cross-origin-resource-policy", p.crossOriginResourcePolicy);
    return Verdict.Continue;
  }

  private put(headers: Headers, name: string, value: string): void {
    if (!value.length) return;
    if (this.params.overwrite || !headers.has(name)) headers.set(name, value);
  }
}
