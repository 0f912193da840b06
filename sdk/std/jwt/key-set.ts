/**
 * Key sets (RFC 7517). Keys that cannot verify, or that are weak, are left out with a reason, because
 * one key that is not understood must not take the others with it (section 5).
 *
 *     const set = KeySet.parse(body, false);
 *     if (set.error.length) … else if (set.verify(jws, host)) …
 */
import { decodeBase64url } from "../encoding/base64";
import { JsonLimits } from "../json/limits";
import { JsonText } from "../json/text";
import { JsonKind, JsonMembers, JsonValue } from "../json/value";
import { Curve } from "../crypto/curve";
import { PublicKey } from "../crypto/public-key";
import { Jws } from "./jws";
import { JwtKey, SignatureHost } from "./key";

const MOST_KEYS: i32 = 100;
/** Keys tried on one token: those with its kid, or all that fit if it has none. */
const MOST_TRIED: i32 = 8;

export class KeySet {
  /** What is wrong with the whole set, `""` if nothing is. */
  error: string = "";
  readonly keys: JwtKey[] = [];
  /** Why keys were left out, one text for each. */
  readonly refused: string[] = [];

  /** A set, or one key alone. `secrets` says whether keys of kind `oct` count: not in a fetched set. */
  static parse(json: Uint8Array, secrets: bool): KeySet {
    const set = new KeySet();
    const limits = new JsonLimits();
    limits.depth = 16;
    limits.duplicateKeys = false;
    const text = JsonText.read(json, limits);
    if (!text.valid) {
      set.error = "not valid JSON: " + text.error;
      return set;
    }
    const keys = text.root.get("keys");
    if (keys === null) {
      if (text.root.get("kty") === null) set.error = "neither a key set nor a key";
      else set.add(text.root, secrets);
    } else if (keys.kind != JsonKind.Array) set.error = "keys is not an array";
    else if (keys.length > MOST_KEYS) set.error = "more than 100 keys";
    else {
      const items: JsonMembers = keys.members();
      while (items.next()) set.add(items.value, secrets);
    }
    return set;
  }

  /** Adds the key of a JWK, or the reason why not. */
  private add(jwk: JsonValue, secrets: bool): void {
    const reading = new JwkReading(jwk);
    const key = reading.read(secrets);
    if (key !== null) this.keys.push(key);
    else this.refused.push(reading.error);
  }

  /** The key that the token is signed with; null if none of these is. */
  verifiedBy(jws: Jws, host: SignatureHost): JwtKey | null {
    let tried = 0;
    for (let i = 0; i < this.keys.length && tried < MOST_TRIED; i++) {
      const key = this.keys[i];
      if (!key.fits(jws)) continue;
      tried++;
      if (key.verify(jws, host)) return key;
    }
    return null;
  }

  verify(jws: Jws, host: SignatureHost): bool {
    return this.verifiedBy(jws, host) !== null;
  }

  /** Whether some key could have signed the token: if not, the set may be old. */
  knows(jws: Jws): bool {
    for (let i = 0; i < this.keys.length; i++) if (this.keys[i].fits(jws)) return true;
    return false;
  }
}

class JwkReading {
  error: string = "";

  constructor(private jwk: JsonValue) {}

  private fail(why: string): JwtKey | null {
    const id = this.text("kid");
    this.error = id === null ? why : id + ": " + why;
    return null;
  }

  private text(name: string): string | null {
    const value = this.jwk.get(name);
    return value === null ? null : value.text;
  }

  /** The bytes of a member in base64url; empty if it is none. */
  private bytes(name: string): Uint8Array {
    const text = this.text(name);
    const bytes = text !== null ? decodeBase64url(text) : null;
    return bytes === null ? new Uint8Array(0) : bytes;
  }

  read(secrets: bool): JwtKey | null {
    const jwk = this.jwk;
    if (jwk.kind != JsonKind.Object) return this.fail("a key is not an object");
    const use = jwk.get("use");
    if (use !== null && !use.is("sig")) return this.fail("its use is not sig");
    const operations = jwk.get("key_ops");
    if (operations !== null && !hasItem(operations, "verify")) {
      return this.fail("its key_ops do not have verify");
    }
    const algorithm = jwk.get("alg");
    if (algorithm !== null && algorithm.kind != JsonKind.String)
      return this.fail("its alg is no text");
    const id = jwk.get("kid");
    if (id !== null && id.kind != JsonKind.String) return this.fail("its kid is no text");
    const kind = this.text("kty");
    if (kind === null) return this.fail("it has no kty");
    if (kind == "oct") {
      const secret = this.bytes("k");
      if (!secrets) return this.fail("secrets are not taken from here");
      if (secret.byteLength < 32) return this.fail("its secret has less than 256 bits");
      return JwtKey.ofSecret(secret, this.text("kid"), this.text("alg"));
    }
    const key = kind == "RSA" ? this.rsa() : kind == "EC" ? this.point() : null;
    if (key === null) {
      if (kind == "RSA") return this.fail("not an RSA key of 2048 to 4096 bits");
      return this.fail(
        kind == "EC" ? "not a point of P-256, P-384 or P-521" : "its kty is not supported",
      );
    }
    return JwtKey.ofPublic(key, this.text("kid"), this.text("alg"));
  }

  private rsa(): PublicKey | null {
    return PublicKey.ofRsa(this.bytes("n"), this.bytes("e"));
  }

  private point(): PublicKey | null {
    const name = this.text("crv");
    const curve = name !== null ? Curve.named(name) : null;
    return curve === null ? null : PublicKey.ofPoint(curve, this.bytes("x"), this.bytes("y"));
  }
}

function hasItem(array: JsonValue, text: string): bool {
  if (array.kind != JsonKind.Array) return false;
  const items: JsonMembers = array.members();
  while (items.next()) if (items.value.is(text)) return true;
  return false;
}
