/**
 * One key that verifies tokens. What it is decides what it verifies: a public key never serves as a
 * secret, and an elliptic key serves one algorithm (RFC 8725, section 3.1).
 */
import { Digest } from "../crypto/digest";
import { equalBytesInConstantTime } from "../crypto/equal";
import { Hmac } from "../crypto/hmac";
import { PublicKey } from "../crypto/public-key";
import { Sha256 } from "../crypto/sha256";
import { Sha512 } from "../crypto/sha512";
import { Algorithm, Family } from "./algorithm";
import { Jws } from "./jws";

/** Asks the host, where it has the algorithm: RS and ES. */
export abstract class SignatureHost {
  /** `hash` is `sha256`, `sha384` or `sha512`; `key` SubjectPublicKeyInfo; an ECDSA signature is DER. */
  abstract verify(hash: string, key: Uint8Array, signature: Uint8Array, text: Uint8Array): bool;
}

export class JwtKey {
  private constructor(
    /** `kid`, null if the key has none. */
    readonly id: string | null,
    /** The only algorithm it may serve, null for all that fit. */
    readonly algorithm: string | null,
    readonly publicKey: PublicKey | null,
    readonly secret: Uint8Array | null,
  ) {}

  static ofPublic(key: PublicKey, id: string | null, algorithm: string | null): JwtKey {
    return new JwtKey(id, algorithm, key, null);
  }

  static ofSecret(secret: Uint8Array, id: string | null, algorithm: string | null): JwtKey {
    return new JwtKey(id, algorithm, null, secret);
  }

  /** Whether the token could be signed with this key: by its kind, algorithm and id. */
  fits(jws: Jws): bool {
    const algorithm = jws.algorithm;
    const only = this.algorithm;
    if (only !== null && only != algorithm.name) return false;
    const id = this.id;
    const wanted = jws.keyId;
    if (id !== null && wanted !== null && id != wanted) return false;
    const secret = this.secret;
    if (algorithm.family == Family.Hs) {
      // As long as the hash at least (RFC 7518, section 3.2).
      return secret !== null && secret.byteLength >= algorithm.bits >> 3;
    }
    const key = this.publicKey;
    if (key === null) return false;
    const curve = key.curve;
    if (algorithm.family != Family.Es) return key.rsa !== null;
    return curve !== null && curve.name == algorithm.curve;
  }

  /** False for a token that does not fit. Secrets are compared in constant time. */
  verify(jws: Jws, host: SignatureHost): bool {
    if (!this.fits(jws)) return false;
    const algorithm = jws.algorithm;
    const secret = this.secret;
    if (secret !== null) {
      const expected = new Hmac(digestOf(algorithm), secret).of(jws.signed);
      return equalBytesInConstantTime(expected, jws.signature);
    }
    const key = this.publicKey;
    if (key === null) return false;
    const rsa = key.rsa;
    if (algorithm.family == Family.Ps) {
      return rsa !== null && rsa.verifyPss(digestOf(algorithm), jws.signed, jws.signature);
    }
    if (algorithm.family == Family.Rs) {
      if (rsa === null || jws.signature.byteLength != rsa.n.byteLength) return false;
      return host.verify(algorithm.hash, key.spki, jws.signature, jws.signed);
    }
    const curve = key.curve;
    const signature = curve !== null ? curve.toDer(jws.signature) : null;
    if (signature === null) return false;
    return host.verify(algorithm.hash, key.spki, signature, jws.signed);
  }
}

function digestOf(algorithm: Algorithm): Digest {
  return algorithm.bits == 256 ? new Sha256() : new Sha512(algorithm.bits >> 3);
}
