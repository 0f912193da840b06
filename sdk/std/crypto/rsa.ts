/**
 * RSA public keys and their signatures (RFC 8017): PSS, and PKCS #1 v1.5 where the host cannot be
 * asked. Keys from 2048 to 4096 bits with an odd exponent from 3 on: any of 32 bits with 2048 bits, 3,
 * 17 and 65537 with 4096.
 */
import { Bytes } from "../encoding/bytes";
import { decodeHex } from "../encoding/hex";
import { Digest } from "./digest";
import { Modulus } from "./montgomery";

/** Squared bits times products of a power: 65537 with 4096 bits, so that no key outruns the fuel. */
const MOST_WORK: u32 = 4096 * 4096 * 20;

export class RsaKey {
  private constructor(
    /** Modulus, high byte first, without zeros in front. */
    readonly n: Uint8Array,
    readonly e: u32,
    readonly bits: i32,
    private modulus: Modulus,
  ) {}

  /** Null for a key that is weak, too large or not a key. */
  static of(n: Uint8Array, e: Uint8Array): RsaKey | null {
    if (!n.byteLength || !n[0] || !e.byteLength || e.byteLength > 4 || !e[0]) return null;
    let exponent: u32 = 0;
    for (let i = 0; i < e.byteLength; i++) exponent = (exponent << 8) | e[i];
    const bits = (n.byteLength << 3) - (<i32>clz<u32>(n[0]) - 24);
    if (bits < 2048 || bits > 4096 || exponent < 3 || !(exponent & 1)) return null;
    const products = <u32>(32 - clz<u32>(exponent) + popcnt<u32>(exponent));
    if (products * <u32>(bits * bits) > MOST_WORK) return null;
    const modulus = Modulus.of(n);
    return modulus === null ? null : new RsaKey(n, exponent, bits, modulus);
  }

  /** What the signature stands for, as long as the modulus; null if it is no signature of this key. */
  private open(signature: Uint8Array): Uint8Array | null {
    if (signature.byteLength != this.n.byteLength) return null;
    const opened = signature.slice();
    return this.modulus.raise(opened.dataStart, opened.byteLength, this.e) ? opened : null;
  }

  /** EMSA-PSS (section 9.1.2), MGF1 with the same hash and a salt as long as it (RFC 7518, 3.5). */
  verifyPss(digest: Digest, message: Uint8Array, signature: Uint8Array): bool {
    const opened = this.open(signature);
    if (opened === null) return false;
    const size = digest.size;
    const encodedBits = this.bits - 1;
    const encodedSize = (encodedBits + 7) >> 3;
    const p = opened.dataStart + <usize>(opened.byteLength - encodedSize);
    if (encodedSize < opened.byteLength && opened[0]) return false;
    const dataSize = encodedSize - size - 1;
    if (dataSize < size + 1 || load<u8>(p + <usize>encodedSize - 1) != 0xbc) return false;
    const unused = (encodedSize << 3) - encodedBits;
    if ((<u32>load<u8>(p)) >> (8 - unused)) return false;
    const hash = p + <usize>dataSize;
    unmask(digest, hash, p, dataSize);
    store<u8>(p, (<u32>load<u8>(p)) & ((<u32>0xff) >> unused));
    const salt = dataSize - size;
    for (let i = 0; i < salt - 1; i++) if (load<u8>(p + <usize>i)) return false;
    if (load<u8>(p + <usize>salt - 1) != 1) return false;
    const hashed = digest.of(message);
    const zeros = new StaticArray<u8>(8);
    digest.update(changetype<usize>(zeros), 8);
    digest.add(hashed);
    digest.update(p + <usize>salt, <usize>size);
    return memory.compare(digest.result().dataStart, hash, <usize>size) == 0;
  }

  /** EMSA-PKCS1-v1_5 (section 9.2): compares with the one encoding that there is, parses nothing. */
  verifyPkcs1(digest: Digest, message: Uint8Array, signature: Uint8Array): bool {
    const opened = this.open(signature);
    const prefix = prefixOf(digest.size);
    if (opened === null || prefix === null) return false;
    const size = opened.byteLength;
    const expected = new Bytes(size);
    expected.byte(0);
    expected.byte(1);
    for (let i = size - prefix.byteLength - digest.size - 3; i > 0; i--) expected.byte(0xff);
    expected.byte(0);
    expected.add(prefix);
    expected.add(digest.of(message));
    const wanted = expected.finish();
    if (wanted.byteLength != size) return false;
    return memory.compare(opened.dataStart, wanted.dataStart, <usize>size) == 0;
  }
}

/** MGF1 (appendix B.2.1) of the hash at `seed`, taken from the `size` bytes at `p`. */
function unmask(digest: Digest, seed: usize, p: usize, size: i32): void {
  const mask = new StaticArray<u8>(digest.size);
  const counter = new StaticArray<u8>(4);
  for (let from = 0, block = 0; from < size; from += digest.size, block++) {
    store<u32>(changetype<usize>(counter), bswap<u32>(block));
    digest.update(seed, <usize>digest.size);
    digest.update(changetype<usize>(counter), 4);
    digest.finish(changetype<usize>(mask));
    for (let i = 0; i < digest.size && from + i < size; i++) {
      const at = p + <usize>(from + i);
      store<u8>(at, load<u8>(at) ^ unchecked(mask[i]));
    }
  }
}

/** The DER in front of a hash of this size (section 9.2, note 1). */
function prefixOf(size: i32): Uint8Array | null {
  switch (size) {
    case 20:
      return decodeHex("3021300906052b0e03021a05000414");
    case 32:
      return decodeHex("3031300d060960864801650304020105000420");
    case 48:
      return decodeHex("3041300d060960864801650304020205000430");
    case 64:
      return decodeHex("3051300d060960864801650304020305000440");
    default:
      return null;
  }
}
