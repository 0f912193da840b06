/** SHA-1 (FIPS 180-4, section 6.1). Broken for signatures; here for what still asks for it. */
import { Digest } from "./digest";

const BLOCK: usize = 64;

export class Sha1 extends Digest {
  private state: StaticArray<u32> = new StaticArray<u32>(5);
  private words: StaticArray<u32> = new StaticArray<u32>(80);
  private rest: StaticArray<u8> = new StaticArray<u8>(64);
  private filled: usize = 0;
  private total: u64 = 0;

  constructor() {
    super(20, 64);
    this.reset();
  }

  private reset(): void {
    const s = this.state;
    unchecked((s[0] = 0x67452301));
    unchecked((s[1] = 0xefcdab89));
    unchecked((s[2] = 0x98badcfe));
    unchecked((s[3] = 0x10325476));
    unchecked((s[4] = 0xc3d2e1f0));
    this.filled = 0;
    this.total = 0;
  }

  update(p: usize, size: usize): void {
    this.total += size;
    if (this.filled) {
      const part = min(size, BLOCK - this.filled);
      memory.copy(changetype<usize>(this.rest) + this.filled, p, part);
      this.filled += part;
      p += part;
      size -= part;
      if (this.filled < BLOCK) return;
      this.compress(changetype<usize>(this.rest));
      this.filled = 0;
    }
    for (; size >= BLOCK; size -= BLOCK, p += BLOCK) this.compress(p);
    memory.copy(changetype<usize>(this.rest), p, size);
    this.filled = size;
  }

  finish(to: usize): void {
    const rest = changetype<usize>(this.rest);
    store<u8>(rest + this.filled++, 0x80);
    if (this.filled > 56) {
      memory.fill(rest + this.filled, 0, BLOCK - this.filled);
      this.compress(rest);
      this.filled = 0;
    }
    memory.fill(rest + this.filled, 0, 56 - this.filled);
    store<u64>(rest, bswap<u64>(this.total << 3), 56);
    this.compress(rest);
    for (let i = 0; i < 5; i++) {
      store<u32>(to + ((<usize>i) << 2), bswap<u32>(unchecked(this.state[i])));
    }
    this.reset();
  }

  /** The 64 bytes at `p`. */
  private compress(p: usize): void {
    const w = this.words;
    for (let i = 0; i < 16; i++) {
      unchecked((w[i] = bswap<u32>(load<u32>(p + ((<usize>i) << 2)))));
    }
    for (let i = 16; i < 80; i++) {
      unchecked((w[i] = rotl<u32>(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)));
    }
    const s = this.state;
    let a = unchecked(s[0]);
    let b = unchecked(s[1]);
    let c = unchecked(s[2]);
    let d = unchecked(s[3]);
    let e = unchecked(s[4]);
    for (let i = 0; i < 80; i++) {
      let mixed: u32;
      if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
      else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else mixed = (b ^ c ^ d) + 0xca62c1d6;
      const next = rotl<u32>(a, 5) + mixed + e + unchecked(w[i]);
      e = d;
      d = c;
      c = rotl<u32>(b, 30);
      b = a;
      a = next;
    }
    unchecked((s[0] += a));
    unchecked((s[1] += b));
    unchecked((s[2] += c));
    unchecked((s[3] += d));
    unchecked((s[4] += e));
  }
}
