/** HMAC (RFC 2104) with any `Digest`. A key is prepared once and then serves every message. */
import { Digest } from "./digest";

export class Hmac {
  private inner: StaticArray<u8>;
  private outer: StaticArray<u8>;

  constructor(
    private digest: Digest,
    key: Uint8Array,
  ) {
    const block = digest.block;
    const inner = new StaticArray<u8>(block);
    const outer = new StaticArray<u8>(block);
    if (key.byteLength > block) key = digest.of(key);
    for (let i = 0; i < block; i++) {
      const byte = i < key.byteLength ? key[i] : 0;
      inner[i] = byte ^ 0x36;
      outer[i] = byte ^ 0x5c;
    }
    this.inner = inner;
    this.outer = outer;
  }

  of(message: Uint8Array): Uint8Array {
    return this.ofBytes(message.dataStart, <usize>message.byteLength);
  }

  ofBytes(p: usize, size: usize): Uint8Array {
    const digest = this.digest;
    const result = new Uint8Array(digest.size);
    const to = result.dataStart;
    digest.update(changetype<usize>(this.inner), <usize>digest.block);
    digest.update(p, size);
    digest.finish(to);
    digest.update(changetype<usize>(this.outer), <usize>digest.block);
    digest.update(to, <usize>digest.size);
    digest.finish(to);
    return result;
  }
}
