import { LogLevel, Policy, Request, SharedCache, Verdict } from "sluice/sdk";
import { Durations } from "sluice/sdk/auth/durations";
import { Sha256 } from "sluice/sdk/std/crypto/sha256";
import { base64url } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonWriter } from "sluice/sdk/std/json/writer";
import { ClaimWriter } from "./claims";
import { Params } from "./params";
import { Signer } from "./signer";

/** Tells the upstream who the caller is, in a token that the gateway signs. */
export class BackendJwt extends Policy<Params> {
  private signer!: Signer;
  private writer!: ClaimWriter;
  private hash: Sha256 = new Sha256();
  private cache!: SharedCache;
  /** Of algorithm, key and expiry: tokens of others never serve here. */
  private stamp: string = "";
  private lifetimeMs: i64 = 0;

  configure(): string | null {
    const params = this.params;
    const durations = new Durations();
    this.lifetimeMs = durations.read("tokenExpiry", params.tokenExpiry);
    if (durations.problem !== null) return durations.problem;
    if (this.lifetimeMs < 1000) return "tokenExpiry: expected at least 1s";
    const key = params.signingKey;
    let pem = "";
    if (key !== null) {
      if (key.path !== null) {
        return "signingKey.path: is not supported; put the text into inline, or a template that reads the file";
      }
      const inline = key.inline;
      if (inline !== null) pem = inline;
    }
    this.signer = new Signer(params.algorithm, pem);
    this.writer = new ClaimWriter(params);
    this.cache = new SharedCache("backend-jwt", <u32>params.cacheMaxSize);
    const all = params.algorithm + "\n" + params.tokenExpiry + "\n" + pem;
    this.stamp = base64url(this.hash.of(encodeUtf8(all)));
    return this.signer.problem !== null ? this.signer.problem : this.writer.problem();
  }

  onRequestHeaders(request: Request): Verdict {
    request.headers.remove(this.params.header);
    const identity = request.context.identity;
    if (identity === null) return Verdict.Continue;
    const json = new JsonWriter();
    json.beginObject();
    this.writer.write(request, identity, json);
    const now = request.now;
    const who = this.params.tokenCaching ? this.keyOf(json) : "";
    let token = who.length ? this.cache.get(who) : null;
    if (token === null) {
      json.key("iat");
      json.integer(now / 1000);
      json.key("exp");
      json.integer((now + this.lifetimeMs) / 1000);
      json.endObject();
      token = this.signer.token(json.finish());
      if (token === null) {
        request.log(LogLevel.Error, "the signing key does not sign " + this.params.algorithm);
        return request.deny(500, "The gateway cannot sign its token");
      }
      if (who.length) this.cache.set(who, token, (this.lifetimeMs * 4) / 5);
    }
    request.headers.set(this.params.header, token);
    return Verdict.Continue;
  }

  /** What the token says so far, and with what it is signed. */
  private keyOf(json: JsonWriter): string {
    this.hash.add(encodeUtf8(this.stamp));
    return base64url(this.hash.of(json.finish()));
  }
}
