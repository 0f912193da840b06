/** SHA-256 (FIPS 180-4, section 6.2). */
import { Digest } from "./digest";

const BLOCK: usize = 64;
const K: StaticArray<u32> = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

export class Sha256 extends Digest {
  private state: StaticArray<u32> = new StaticArray<u32>(8);
  private words: StaticArray<u32> = new StaticArray<u32>(64);
  private rest: StaticArray<u8> = new StaticArray<u8>(64);
  private filled: usize = 0;
  private total: u64 = 0;

  constructor() {
    super(32, 64);
    this.reset();
  }

  private reset(): void {
    const s = this.state;
    unchecked((s[0] = 0x6a09e667));
    unchecked((s[1] = 0xbb67ae85));
    unchecked((s[2] = 0x3c6ef372));
    unchecked((s[3] = 0xa54ff53a));
    unchecked((s[4] = 0x510e527f));
    unchecked((s[5] = 0x9b05688c));
    unchecked((s[6] = 0x1f83d9ab));
    unchecked((s[7] = 0x5be0cd19));
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
    for (let i = 0; i < 8; i++) {
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
    for (let i = 16; i < 64; i++) {
      const x = unchecked(w[i - 15]);
      const y = unchecked(w[i - 2]);
      const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
      const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
      unchecked((w[i] = w[i - 16] + s0 + w[i - 7] + s1));
    }
    const s = this.state;
    let a = unchecked(s[0]);
    let b = unchecked(s[1]);
    let c = unchecked(s[2]);
    let d = unchecked(s[3]);
    let e = unchecked(s[4]);
    let f = unchecked(s[5]);
    let g = unchecked(s[6]);
    let h = unchecked(s[7]);
    for (let i = 0; i < 64; i++) {
      const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const t1 = h + s1 + ((e & f) ^ (~e & g)) + unchecked(K[i]) + unchecked(w[i]);
      const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    unchecked((s[0] += a));
    unchecked((s[1] += b));
    unchecked((s[2] += c));
    unchecked((s[3] += d));
    unchecked((s[4] += e));
    unchecked((s[5] += f));
    unchecked((s[6] += g));
    unchecked((s[7] += h));
  }
}
