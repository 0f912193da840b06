/** Signature algorithms of RFC 7518, section 3.1. There is no `none`, and names are exact. */

export enum Family {
  /** HMAC with a secret. */
  Hs,
  /** RSA, PKCS #1 v1.5. */
  Rs,
  /** RSA-PSS. */
  Ps,
  /** ECDSA. */
  Es,
}

export class Algorithm {
  private constructor(
    readonly name: string,
    readonly family: Family,
    /** Bits of the hash: 256, 384 or 512. */
    readonly bits: i32,
  ) {}

  /** Null for every other name, in whatever spelling. */
  static named(name: string): Algorithm | null {
    if (name.length != 5) return null;
    const hash = name.substring(2);
    const bits = hash == "256" ? 256 : hash == "384" ? 384 : hash == "512" ? 512 : 0;
    if (!bits) return null;
    const family = name.substring(0, 2);
    if (family == "HS") return new Algorithm(name, Family.Hs, bits);
    if (family == "RS") return new Algorithm(name, Family.Rs, bits);
    if (family == "PS") return new Algorithm(name, Family.Ps, bits);
    return family == "ES" ? new Algorithm(name, Family.Es, bits) : null;
  }

  /** The only curve that an ES algorithm is used with. */
  get curve(): string {
    return this.bits == 256 ? "P-256" : this.bits == 384 ? "P-384" : "P-521";
  }

  /** As Envoy names it. */
  get hash(): string {
    return this.bits == 256 ? "sha256" : this.bits == 384 ? "sha384" : "sha512";
  }
}
