import { Call } from "sluice/sdk";
import { base64 } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { encodePercent } from "sluice/sdk/std/net/percent";
import { Regex } from "sluice/sdk/std/regex/regex";
import { Provider, ProviderIntrospection } from "./params";

/** Somebody who issues tokens, and who is asked about them (RFC 7662). */
export class Introspector {
  /** What is wrong with the parameters, null if nothing is. */
  problem: string | null = null;
  readonly issuer: string;
  private pattern: Regex | null = null;
  private asked: ProviderIntrospection;

  constructor(
    given: Provider,
    private timeoutMs: i64,
  ) {
    const issuer = given.issuer;
    this.issuer = issuer === null ? "" : issuer;
    this.asked = given.introspection;
    const pattern = given.tokenPattern;
    if (pattern !== null) {
      const why = Regex.problem(pattern, "");
      if (why !== null) this.problem = "tokenPattern: " + why;
      else this.pattern = Regex.compile(pattern, "");
    }
    const asked = this.asked;
    if (asked.skipTlsVerify || asked.certificatePath !== null) {
      this.problem =
        "introspection: skipTlsVerify and certificatePath work in a gateway's configuration only";
    }
    if (asked.bearerToken !== null && asked.clientId !== null) {
      this.problem = "introspection: expected bearerToken or clientId, found both";
    }
  }

  mayKnow(token: string): bool {
    const pattern = this.pattern;
    return pattern === null || pattern.test(token);
  }

  call(token: string): Call {
    const asked = this.asked;
    const call = Call.to(asked.uri, "POST")
      .header("content-type", "application/x-www-form-urlencoded")
      .header("accept", "application/json")
      .timeout(<u32>this.timeoutMs);
    let form = "token=" + encodePercent(token);
    const hint = asked.tokenTypeHint;
    if (hint !== null) form += "&token_type_hint=" + encodePercent(hint);
    const bearer = asked.bearerToken;
    const id = asked.clientId;
    if (bearer !== null) call.header("authorization", "Bearer " + bearer);
    else if (id !== null) {
      const given = asked.clientSecret;
      const secret = encodePercent(given === null ? "" : given);
      if (asked.authStyle == "post") {
        form += "&client_id=" + encodePercent(id) + "&client_secret=" + secret;
      } else {
        const pair = encodeUtf8(encodePercent(id) + ":" + secret);
        call.header("authorization", "Basic " + base64(pair));
      }
    }
    return call.send(form);
  }
}
