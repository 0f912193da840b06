/** How a policy says that it could not authenticate: one answer for every cause, so that it tells nothing. */
import { Reply } from "../reply";

export class Refusal {
  constructor(
    private status: i32,
    /** `json`, `plain` or `minimal`. */
    private format: string,
    private message: string,
    /** For `www-authenticate`; none if empty. */
    private scheme: string,
  ) {}

  /** `shown` says whether the client showed a token at all (RFC 6750, section 3.1). */
  reply(shown: bool): Reply {
    const reply = new Reply(this.status);
    if (this.format == "json") reply.error(this.message);
    else {
      reply.header("content-type", "text/plain");
      if (this.format == "plain") reply.body(this.message);
      else reply.body(this.status == 403 ? "Forbidden" : "Unauthorized");
    }
    if (this.status == 401 && this.scheme.length) {
      const error = shown && this.scheme == "Bearer" ? ' error="invalid_token"' : "";
      reply.header("www-authenticate", this.scheme + error);
    }
    return reply;
  }
}

/** As the gateway's configuration says, for a token behind `scheme`. */
export function refusalOf<P>(params: P, scheme: string): Refusal {
  return new Refusal(
    params.onfailurestatuscode,
    params.errormessageformat,
    params.errormessage,
    scheme,
  );
}
