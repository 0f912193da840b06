/**
 * Tokens `<expires>.<nonce>.<signature>`: seconds since 1970, 16 bytes that are like no other's, and the
 * HMAC-SHA256 of both. The nonce is a keyed hash of what is unique to a request, so that nobody without
 * the key can guess another client's.
 */
import { base64url } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { equalInConstantTime } from "sluice/sdk/std/crypto/equal";
import { Hmac } from "sluice/sdk/std/crypto/hmac";
import { Sha256 } from "sluice/sdk/std/crypto/sha256";

const NONCE: i32 = 22;
const SIGNATURE: i32 = 43;
/** More digits than this are no time that a token of ours has. */
const MOST_DIGITS: i32 = 11;

export class Tokens {
  private hmac: Hmac;

  constructor(
    key: string,
    private seconds: i32,
  ) {
    this.hmac = new Hmac(new Sha256(), encodeUtf8(key));
  }

  issue(unique: string, nowMs: i64): string {
    const nonce = this.sign("nonce|" + nowMs.toString() + "|" + unique).substring(0, NONCE);
    const body = (nowMs / 1000 + <i64>this.seconds).toString() + "." + nonce;
    return body + "." + this.sign("token|" + body);
  }

  /** How long a token is still good; 0 if it is over or not one of ours. */
  secondsLeft(token: string, nowMs: i64): i32 {
    const dot = token.indexOf(".");
    if (dot < 1 || dot > MOST_DIGITS || token.length != dot + 2 + NONCE + SIGNATURE) return 0;
    const end = token.length - SIGNATURE;
    const body = token.substring(0, end - 1);
    if (!equalInConstantTime(token.substring(end), this.sign("token|" + body))) return 0;
    const left = I64.parseInt(token.substring(0, dot)) - nowMs / 1000;
    return left > 0 && left <= <i64>this.seconds ? <i32>left : 0;
  }

  private sign(text: string): string {
    return base64url(this.hmac.of(encodeUtf8(text)));
  }
}
