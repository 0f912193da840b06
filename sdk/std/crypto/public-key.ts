/**
 * Public keys as SubjectPublicKeyInfo (RFC 5280, section 4.1): what the host verifies with. Of a
 * certificate only its key is read: whoever configured it trusts it, so it is not verified.
 */
import { decodeHex } from "../encoding/hex";
import { Curve } from "./curve";
import {
  der,
  derBits,
  DerReader,
  derUnsigned,
  INTEGER,
  joined,
  NULL,
  OBJECT_ID,
  SEQUENCE,
} from "./der";
import { pemBlocks } from "./pem";
import { RsaKey } from "./rsa";

const RSA = "06092a864886f70d0101010500";
const EC = "06072a8648ce3d0201";
/** The tag of a certificate's version. */
const VERSION: u32 = 0xa0;

/** An RSA key or a point on a curve, never both. */
export class PublicKey {
  private constructor(
    readonly rsa: RsaKey | null,
    readonly curve: Curve | null,
    /** SubjectPublicKeyInfo in DER. */
    readonly spki: Uint8Array,
  ) {}

  /** Modulus and exponent, high byte first; null if the key is weak or not a key. */
  static ofRsa(n: Uint8Array, e: Uint8Array): PublicKey | null {
    const key = RsaKey.of(n, e);
    const algorithm = decodeHex(RSA);
    if (key === null || algorithm === null) return null;
    const numbers = der(SEQUENCE, joined(derUnsigned(n), derUnsigned(e)));
    const spki = der(SEQUENCE, joined(der(SEQUENCE, algorithm), derBits(numbers)));
    return new PublicKey(key, null, spki);
  }

  /** Coordinates as long as the curve's. Whether the point is on the curve is for the host to say. */
  static ofPoint(curve: Curve, x: Uint8Array, y: Uint8Array): PublicKey | null {
    const id = decodeHex(EC);
    if (id === null || x.byteLength != curve.size || y.byteLength != curve.size) return null;
    const point = new Uint8Array(1 + (curve.size << 1));
    point[0] = 4;
    point.set(x, 1);
    point.set(y, 1 + curve.size);
    const algorithm = der(SEQUENCE, joined(id, curve.id));
    return new PublicKey(null, curve, der(SEQUENCE, joined(algorithm, derBits(point))));
  }

  static ofSpki(spki: Uint8Array): PublicKey | null {
    const outer = DerReader.of(spki);
    const info = outer.enter(SEQUENCE);
    const algorithm = info.enter(SEQUENCE);
    const id = algorithm.content(OBJECT_ID);
    if (!outer.valid || !outer.atEnd || !algorithm.valid) return null;
    if (same(der(OBJECT_ID, id), RSA.substring(0, RSA.length - 4))) {
      const parameters = algorithm.content(NULL);
      const numbers = DerReader.of(info.bits());
      if (parameters.byteLength || !algorithm.atEnd || !info.valid || !info.atEnd) return null;
      const pair = numbers.enter(SEQUENCE);
      const n = pair.unsigned();
      const e = pair.unsigned();
      if (!algorithm.valid || !numbers.atEnd || !pair.valid || !pair.atEnd) return null;
      return PublicKey.ofRsa(n, e);
    }
    if (!same(der(OBJECT_ID, id), EC)) return null;
    const curve = curveOf(der(OBJECT_ID, algorithm.content(OBJECT_ID)));
    const point = info.bits();
    if (curve === null || !algorithm.valid || !algorithm.atEnd) return null;
    if (!info.valid || !info.atEnd) return null;
    if (point.byteLength != 1 + (curve.size << 1) || point[0] != 4) return null;
    return PublicKey.ofPoint(curve, point.slice(1, 1 + curve.size), point.slice(1 + curve.size));
  }

  /** The key of a certificate in DER (section 4.1). */
  static ofCertificate(bytes: Uint8Array): PublicKey | null {
    const outer = DerReader.of(bytes);
    const certificate = outer.enter(SEQUENCE);
    const signed = certificate.enter(SEQUENCE);
    if (signed.tag == VERSION) signed.skip(VERSION);
    signed.skip(INTEGER);
    // Signature algorithm, issuer, validity and subject.
    for (let i = 0; i < 4; i++) signed.skip(SEQUENCE);
    const spki = signed.whole(SEQUENCE);
    if (!outer.valid || !outer.atEnd || !certificate.valid || !signed.valid) return null;
    return PublicKey.ofSpki(spki);
  }

  /** The one `PUBLIC KEY` or `CERTIFICATE` in a text of PEM; null if there is none or another. */
  static ofPem(text: string): PublicKey | null {
    const keys = pemBlocks(text, "PUBLIC KEY");
    const certificates = pemBlocks(text, "CERTIFICATE");
    if (keys === null || certificates === null || keys.length + certificates.length != 1)
      return null;
    return keys.length ? PublicKey.ofSpki(keys[0]) : PublicKey.ofCertificate(certificates[0]);
  }
}

function same(bytes: Uint8Array, hex: string): bool {
  const other = decodeHex(hex);
  if (other === null || other.byteLength != bytes.byteLength) return false;
  return memory.compare(bytes.dataStart, other.dataStart, <usize>bytes.byteLength) == 0;
}

function curveOf(id: Uint8Array): Curve | null {
  if (same(id, "06082a8648ce3d030107")) return Curve.named("P-256");
  if (same(id, "06052b81040022")) return Curve.named("P-384");
  return same(id, "06052b81040023") ? Curve.named("P-521") : null;
}
