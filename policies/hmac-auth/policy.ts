import { Body, Identity, Policy, Request, SharedWindow, Verdict } from "sluice/sdk";
import { Durations } from "sluice/sdk/auth/durations";
import { accept, reject } from "sluice/sdk/auth/outcome";
import { Refusal } from "sluice/sdk/auth/refusal";
import { identifyConsumer, whenFed } from "sluice/sdk/feed";
import { Digest } from "sluice/sdk/std/crypto/digest";
import { equalBytesInConstantTime, equalInConstantTime } from "sluice/sdk/std/crypto/equal";
import { Hmac } from "sluice/sdk/std/crypto/hmac";
import { Sha256 } from "sluice/sdk/std/crypto/sha256";
import { Sha512 } from "sluice/sdk/std/crypto/sha512";
import { base64 } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { parseHttpDate } from "sluice/sdk/std/time/http-date";
import { Signers } from "./keys";
import { Params } from "./params";
import { Signature } from "./signature";

const TARGET: string = "(request-target)";
const MOST_HEADERS: i32 = 64;

/** Lets a request through that is signed with a secret which caller and gateway share. */
export class HmacAuth extends Policy<Params> {
  private signers!: Signers;
  private refusal: Refusal = new Refusal(401, "json", "Authentication failed", "Signature");
  private seen: SharedWindow = new SharedWindow("hmac");
  private skewMs: i64 = 0;

  configure(): string | null {
    const durations = new Durations();
    this.skewMs = durations.read("clockSkew", this.params.clockSkew);
    this.signers = new Signers(this.params.keys);
    if (durations.problem === null && this.skewMs < 1000) {
      return "clockSkew: expected at least 1s";
    }
    return durations.problem !== null ? durations.problem : this.signers.problem;
  }

  takesRequestBody(): bool {
    return this.params.validateBody;
  }

  onRequestHeaders(request: Request): Verdict {
    const sent = request.headers.all("authorization");
    const signature = sent.length == 1 ? Signature.parse(sent[0]) : null;
    if (signature === null) return this.refuse(request, "there is no signature");
    if (this.signers.areConsumers) {
      const fed = whenFed(request);
      if (fed != Verdict.Continue) return fed;
    }
    if (!this.covers(signature)) return this.refuse(request, "it does not cover enough");
    const date = this.dateOf(request, signature);
    if (date < 0 || abs<i64>(request.now - date) > this.skewMs) {
      return this.refuse(request, "its date is not now");
    }
    const digest = digestOf(signature.algorithm);
    const text = signedText(request, signature);
    if (digest === null || text === null) {
      return this.refuse(request, "its algorithm or a header is not there");
    }
    const signer = this.signers.find(signature.keyId);
    const secret = encodeUtf8(signer !== null ? signer.secret : "nobody's secret");
    const expected = new Hmac(digest, secret).of(encodeUtf8(text));
    const same = equalBytesInConstantTime(expected, signature.bytes);
    if (!same || signer === null) return this.refuse(request, "it is not signed by its key");
    if (!this.isFirst(signature, date)) return this.refuse(request, "it was used before");
    if (!this.params.forwardCredentials) request.headers.remove("authorization");
    const identity = new Identity();
    identity.kind = "hmac";
    identity.subject = signer.consumer;
    if (this.signers.areConsumers) identifyConsumer(identity, signer.consumer);
    identity.credentialId = signature.keyId;
    accept(request, identity);
    return Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    const sent = request.header("digest");
    const found = "SHA-256=" + base64(new Sha256().of(body.bytes()));
    if (sent !== null && equalInConstantTime(found, sent)) return Verdict.Continue;
    return this.refuse(request, "its body is another");
  }

  /** Whether everything that must be signed is, and nothing is named twice. */
  private covers(signature: Signature): bool {
    const headers = signature.headers;
    if (headers.length > MOST_HEADERS) return false;
    for (let i = 0; i < headers.length; i++) if (headers.indexOf(headers[i]) != i) return false;
    if (this.params.validateBody && !headers.includes("digest")) return false;
    if (!headers.includes("date") && !headers.includes("x-date")) return false;
    const wanted = this.params.signedHeaders;
    for (let i = 0; i < wanted.length; i++) {
      if (headers.includes(wanted[i])) continue;
      if (wanted[i] != "date" || !headers.includes("x-date")) return false;
    }
    return true;
  }

  /** Milliseconds since 1970, -1 if there is no date. Clients that cannot set `date` sign `x-date`. */
  private dateOf(request: Request, signature: Signature): i64 {
    const text = request.header(signature.headers.includes("x-date") ? "x-date" : "date");
    const date = text !== null ? parseHttpDate(text, request.now / 1000) : null;
    return date !== null ? date.milliseconds : -1;
  }

  /** The record is kept as long as the date would be accepted: it is counted at the end of that time. */
  private isFirst(signature: Signature, date: i64): bool {
    if (this.params.allowReplay) return true;
    const key = signature.keyId + " " + base64(signature.bytes);
    return this.seen.take(key, 1, 1, this.skewMs, date + this.skewMs) >= 0;
  }

  private refuse(request: Request, why: string): Verdict {
    reject(request, "hmac", why);
    return request.respond(this.refusal.reply(true));
  }
}

function digestOf(algorithm: string): Digest | null {
  if (algorithm == "hmac-sha256") return new Sha256();
  return algorithm == "hmac-sha512" ? new Sha512(64) : null;
}

/** What is signed, line by line; null if a header that is named was not sent. */
function signedText(request: Request, signature: Signature): string | null {
  let text = "";
  for (let i = 0; i < signature.headers.length; i++) {
    const name = signature.headers[i];
    let value = "";
    if (name == TARGET) value = request.method.toLowerCase() + " " + request.path;
    else if (name == "host") value = request.host;
    else {
      const values = request.headers.all(name);
      if (!values.length || name.startsWith(":")) return null;
      value = values.join(", ");
    }
    text += (i ? "\n" : "") + name + ": " + value;
  }
  return text;
}
