/** The curves of JWS (RFC 7518, section 3.4) and ECDSA signatures in their two forms. */
import { decodeHex } from "../encoding/hex";
import { der, DerReader, derUnsigned, joined, SEQUENCE } from "./der";

export class Curve {
  private constructor(
    /** As in a JWK. */
    readonly name: string,
    /** Bytes of a coordinate, and of r and s. */
    readonly size: i32,
    /** The object identifier with its tag and length. */
    readonly id: Uint8Array,
    private order: Uint8Array,
  ) {}

  /** P-256, P-384 or P-521; null for any other name. */
  static named(name: string): Curve | null {
    if (name == "P-256") {
      const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
      return Curve.make(name, 32, "06082a8648ce3d030107", order);
    }
    if (name == "P-384") {
      const order =
        "ffffffffffffffffffffffffffffffffffffffffffffffff" +
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973";
      return Curve.make(name, 48, "06052b81040022", order);
    }
    if (name == "P-521") {
      const order =
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
      return Curve.make(name, 66, "06052b81040023", order);
    }
    return null;
  }

  private static make(name: string, size: i32, id: string, order: string): Curve {
    return new Curve(name, size, bytes(id), bytes(order));
  }

  /** Whether a number of `size` bytes at `from` is from 1 to below the order. */
  private inRange(value: Uint8Array, from: i32): bool {
    let zero: u32 = 0;
    for (let i = 0; i < this.size; i++) zero |= value[from + i];
    if (!zero) return false;
    for (let i = 0; i < this.size; i++) {
      if (value[from + i] != this.order[i]) return value[from + i] < this.order[i];
    }
    return false;
  }

  /** DER of a signature `r ‖ s`; null if its length is wrong, or r or s is 0 or too large. */
  toDer(raw: Uint8Array): Uint8Array | null {
    if (raw.byteLength != this.size << 1) return null;
    if (!this.inRange(raw, 0) || !this.inRange(raw, this.size)) return null;
    const r = derUnsigned(raw.slice(0, this.size));
    return der(SEQUENCE, joined(r, derUnsigned(raw.slice(this.size))));
  }

  /** `r ‖ s` of a signature in DER; null if it is anything but the one encoding of numbers in range. */
  toRaw(signature: Uint8Array): Uint8Array | null {
    const outer = DerReader.of(signature);
    const both = outer.enter(SEQUENCE);
    const r = both.unsigned();
    const s = both.unsigned();
    if (!outer.valid || !outer.atEnd || !both.valid || !both.atEnd) return null;
    if (r.byteLength > this.size || s.byteLength > this.size) return null;
    const raw = new Uint8Array(this.size << 1);
    raw.set(r, this.size - r.byteLength);
    raw.set(s, raw.byteLength - s.byteLength);
    return this.inRange(raw, 0) && this.inRange(raw, this.size) ? raw : null;
  }
}

function bytes(hex: string): Uint8Array {
  const bytes = decodeHex(hex);
  return bytes === null ? new Uint8Array(0) : bytes;
}
