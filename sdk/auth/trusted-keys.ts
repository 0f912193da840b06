/** A key set, and a stamp that no other set has: verdicts are kept under it, so they go when keys rotate. */
import { PublicKey } from "../std/crypto/public-key";
import { Sha256 } from "../std/crypto/sha256";
import { base64url } from "../std/encoding/base64";
import { encodeUtf8 } from "../std/encoding/utf8";
import { JwtKey } from "../std/jwt/key";
import { KeySet } from "../std/jwt/key-set";

export class TrustedKeys {
  constructor(
    readonly set: KeySet,
    readonly stamp: string,
  ) {}

  /** What a key service answered. Secrets do not count there. */
  static fetched(body: Uint8Array): TrustedKeys {
    return new TrustedKeys(KeySet.parse(body, false), stampOf(body));
  }

  /** Keys that stand in the configuration: a key set, or PEM; and perhaps a secret. */
  static configured(inline: string, secret: string): TrustedKeys {
    const bytes = encodeUtf8(inline + "\0" + secret);
    const set = setOf(inline);
    if (secret.length && !set.error.length) {
      const own = encodeUtf8(secret);
      if (own.byteLength < 32) set.error = "a secret has less than 32 bytes";
      else set.keys.push(JwtKey.ofSecret(own, null, null));
    }
    if (!set.error.length && !set.keys.length) {
      set.error = set.refused.length ? set.refused.join("; ") : "there is no key";
    }
    return new TrustedKeys(set, stampOf(bytes));
  }
}

function setOf(inline: string): KeySet {
  if (!inline.length) return new KeySet();
  if (inline.indexOf("-----BEGIN") < 0) return KeySet.parse(encodeUtf8(inline), true);
  const set = new KeySet();
  const key = PublicKey.ofPem(inline);
  if (key !== null) set.keys.push(JwtKey.ofPublic(key, null, null));
  else set.error = "not one public key or certificate in PEM, RSA of 2048 to 4096 bits or EC";
  return set;
}

function stampOf(bytes: Uint8Array): string {
  return base64url(new Sha256().of(bytes)).substring(0, 22);
}
