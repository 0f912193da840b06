import { Identity, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { decodeBase64 } from "sluice/sdk/std/encoding/base64";
import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { equalInConstantTime } from "sluice/sdk/std/crypto/equal";
import { Params } from "./params";

/** Lets a request through that shows one username and password. */
export class BasicAuth extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const user = this.authenticate(request.header("authorization"));
    request.context.metadata.set("auth.success", user === null ? "false" : "true");
    request.context.metadata.set("auth.method", "basic");
    if (user !== null) {
      const identity = new Identity();
      identity.kind = "basic";
      identity.subject = user;
      request.context.identify(identity);
      return Verdict.Continue;
    }
    if (this.params.allowUnauthenticated) return Verdict.Continue;
    return request.respond(
      new Reply(401)
        .error("Authentication required")
        .header("www-authenticate", 'Basic realm="' + this.params.realm + '"'),
    );
  }

  /** The username if the header carries what is expected, null otherwise. */
  private authenticate(header: string | null): string | null {
    if (header === null || header.length < 6) return null;
    if (header.substring(0, 6).toLowerCase() != "basic ") return null;
    const bytes = decodeBase64(header.substring(6).trim());
    if (bytes === null) return null;
    const decoded = decodeUtf8(bytes);
    if (decoded === null) return null;
    const colon = decoded.indexOf(":");
    if (colon < 0) return null;
    const user = decoded.substring(0, colon);
    // Both are compared, whatever the first says: time must not tell which one was wrong.
    const sameUser = equalInConstantTime(user, this.params.username);
    const samePassword = equalInConstantTime(decoded.substring(colon + 1), this.params.password);
    return sameUser && samePassword ? user : null;
  }
}
