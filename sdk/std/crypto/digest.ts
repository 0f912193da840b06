/**
 * A hash that is fed piece by piece. The object can be used again after `finish` and holds all the
 * memory that it needs, so one made with the configuration serves every request.
 */
export abstract class Digest {
  constructor(
    /** Bytes of the result. */
    readonly size: i32,
    /** Bytes of a block, for HMAC. */
    readonly block: i32,
  ) {}

  abstract update(p: usize, size: usize): void;

  /** Writes `size` bytes at `to` and starts anew. */
  abstract finish(to: usize): void;

  add(bytes: Uint8Array): void {
    this.update(bytes.dataStart, <usize>bytes.byteLength);
  }

  /** The hash of `bytes`. */
  of(bytes: Uint8Array): Uint8Array {
    this.add(bytes);
    return this.result();
  }

  result(): Uint8Array {
    const result = new Uint8Array(this.size);
    this.finish(result.dataStart);
    return result;
  }
}
