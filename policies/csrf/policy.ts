import { Policy, Request, Response, Verdict } from "sluice/sdk";
import { equalInConstantTime } from "sluice/sdk/std/crypto/equal";
import { Params } from "./params";
import { Tokens } from "./tokens";

/** The cookie that the response sets: made while the request is here, `""` if the client has a good one. */
class Fresh {
  cookie: string = "";
}

/** Lets a request that changes something through only if its header shows the token of its cookie. */
export class Csrf extends Policy<Params> {
  private tokens: Tokens | null = null;

  configure(): string | null {
    this.tokens = new Tokens(this.params.key, this.params.expires);
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    const p = this.params;
    const cookie = request.cookie(p.name);
    const left = cookie === null ? 0 : this.tokens!.secondsLeft(cookie, request.now);
    if (!isSafe(request.method) && (!left || !shows(request, p.name, cookie!))) {
      return request.deny(403, p.message);
    }
    if (left <= p.expires / 2) request.state<Fresh>().cookie = this.cookieFor(request);
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    const cookie = response.state<Fresh>().cookie;
    if (cookie.length) response.headers.append("set-cookie", cookie);
    return Verdict.Continue;
  }

  /** Not HttpOnly: the page has to read it. */
  private cookieFor(request: Request): string {
    const p = this.params;
    const id = request.attribute("request.id");
    const from = request.attribute("source.address");
    const unique = (id === null ? "" : id) + "|" + (from === null ? "" : from);
    const secure = request.scheme == "https" || p.sameSite == "None" ? "; Secure" : "";
    const age = "; Max-Age=" + p.expires.toString();
    const value = this.tokens!.issue(unique, request.now);
    return p.name + "=" + value + "; Path=/" + age + "; SameSite=" + p.sameSite + secure;
  }
}

/** RFC 9110, section 9.2.1. */
function isSafe(method: string): bool {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

/** One header of this name, the same as the cookie: of several anyone could be meant. */
function shows(request: Request, name: string, cookie: string): bool {
  const sent = request.headers.all(name);
  return sent.length == 1 && equalInConstantTime(sent[0], cookie);
}
