/**
 * SipHash-2-4 of a text, twice with different keys: 128 bits. Keyed, so that nobody outside can choose
 * texts that fall into the same slot as another caller's.
 */

let v0: u64 = 0;
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;

/** What `hash` computed last. */
export let hashLow: u64 = 0;
export let hashHigh: u64 = 0;

function round(): void {
  v0 += v1;
  v1 = rotl<u64>(v1, 13) ^ v0;
  v0 = rotl<u64>(v0, 32);
  v2 += v3;
  v3 = rotl<u64>(v3, 16) ^ v2;
  v0 += v3;
  v3 = rotl<u64>(v3, 21) ^ v0;
  v2 += v1;
  v1 = rotl<u64>(v1, 17) ^ v2;
  v2 = rotl<u64>(v2, 32);
}

function sip(at: usize, size: usize, k0: u64, k1: u64): u64 {
  v0 = k0 ^ 0x736f6d6570736575;
  v1 = k1 ^ 0x646f72616e646f6d;
  v2 = k0 ^ 0x6c7967656e657261;
  v3 = k1 ^ 0x7465646279746573;
  const end = at + (size & ~7);
  for (; at < end; at += 8) {
    const word = load<u64>(at);
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  let last = (<u64>size) << 56;
  for (let i: usize = 0; i < (size & 7); i++) last |= (<u64>load<u8>(at + i)) << ((<u64>i) << 3);
  v3 ^= last;
  round();
  round();
  v0 ^= last;
  v2 ^= 0xff;
  round();
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

export function hash(at: usize, size: usize, k0: u64, k1: u64): void {
  hashLow = sip(at, size, k0, k1);
  hashHigh = sip(at, size, k1 ^ 0x9e3779b97f4a7c15, ~k0);
}

/** One half alone, for who has the text of the key to compare. */
export function shortHash(at: usize, size: usize): u64 {
  return sip(at, size, 0x243f6a8885a308d3, 0x13198a2e03707344);
}
