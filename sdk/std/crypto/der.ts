/**
 * As much of DER (X.690) as keys and signatures need: definite lengths in their shortest form, at most
 * 64 KiB, and nothing else. Nothing is copied but what is asked for.
 */
import { Bytes } from "../encoding/bytes";

export const INTEGER: u32 = 0x02;
export const BIT_STRING: u32 = 0x03;
export const NULL: u32 = 0x05;
export const OBJECT_ID: u32 = 0x06;
export const SEQUENCE: u32 = 0x30;

export class DerReader {
  /** False once something was not as it was asked for. */
  valid: bool = true;

  constructor(
    private bytes: Uint8Array,
    private at: i32,
    private end: i32,
  ) {}

  static of(bytes: Uint8Array): DerReader {
    return new DerReader(bytes, 0, bytes.byteLength);
  }

  get atEnd(): bool {
    return this.at >= this.end;
  }

  /** The tag that comes next, 0 at the end. */
  get tag(): u32 {
    return this.at < this.end ? this.bytes[this.at] : 0;
  }

  private fail(): i32 {
    this.valid = false;
    this.at = this.end;
    return -1;
  }

  /** Steps to the content of the next value, which must have this tag, and says its size; -1 if not. */
  private open(tag: u32): i32 {
    if (this.tag != tag || this.end - this.at < 2) return this.fail();
    let size = <i32>this.bytes[this.at + 1];
    this.at += 2;
    if (size >= 0x80) {
      const count = size & 0x7f;
      if (count < 1 || count > 2 || this.end - this.at < count) return this.fail();
      size = 0;
      for (let i = 0; i < count; i++) size = (size << 8) | (<i32>this.bytes[this.at++]);
      if (size < (count == 1 ? 0x80 : 0x100)) return this.fail();
    }
    return size > this.end - this.at ? this.fail() : size;
  }

  /** Reads inside the next value and steps past it. */
  enter(tag: u32): DerReader {
    const size = this.open(tag);
    const inside = new DerReader(this.bytes, this.at, size < 0 ? this.at : this.at + size);
    inside.valid = size >= 0;
    if (size > 0) this.at += size;
    return inside;
  }

  /** The content of the next value; empty, and not `valid`, if it has another tag. */
  content(tag: u32): Uint8Array {
    const size = this.open(tag);
    if (size < 0) return new Uint8Array(0);
    const content = this.bytes.slice(this.at, this.at + size);
    this.at += size;
    return content;
  }

  /** The next value with its tag and length. */
  whole(tag: u32): Uint8Array {
    const from = this.at;
    const size = this.open(tag);
    if (size < 0) return new Uint8Array(0);
    this.at += size;
    return this.bytes.slice(from, this.at);
  }

  /** Past the next value, which must have this tag. */
  skip(tag: u32): void {
    const size = this.open(tag);
    if (size > 0) this.at += size;
  }

  /** An integer above or equal to zero in its shortest form, without its sign byte. */
  unsigned(): Uint8Array {
    const content = this.content(INTEGER);
    const size = content.byteLength;
    if (!this.valid || !size || content[0] >= 0x80) {
      this.fail();
      return content;
    }
    if (content[0] || size == 1) return content;
    if (content[1] < 0x80) this.fail();
    return content.slice(1);
  }

  /** The content of a bit string of whole bytes. */
  bits(): Uint8Array {
    const content = this.content(BIT_STRING);
    if (!content.byteLength || content[0]) {
      this.fail();
      return content;
    }
    return content.slice(1);
  }
}

/** A value with this tag. */
export function der(tag: u32, content: Uint8Array): Uint8Array {
  const size = content.byteLength;
  const out = new Bytes(size + 4);
  out.byte(tag);
  if (size >= 0x100) {
    out.byte(0x82);
    out.byte(size >> 8);
  } else if (size >= 0x80) out.byte(0x81);
  out.byte(size);
  out.add(content);
  return out.finish();
}

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Bytes(a.byteLength + b.byteLength);
  out.add(a);
  out.add(b);
  return out.finish();
}

/** The integer above or equal to zero whose bytes, high first, are `value`. */
export function derUnsigned(value: Uint8Array): Uint8Array {
  let from = 0;
  while (from < value.byteLength - 1 && !value[from]) from++;
  const out = new Bytes(value.byteLength + 1);
  if (!value.byteLength || value[from] >= 0x80) out.byte(0);
  out.copy(value.dataStart + <usize>from, <usize>(value.byteLength - from));
  return der(INTEGER, out.finish());
}

export function derBits(content: Uint8Array): Uint8Array {
  return der(BIT_STRING, joined(new Uint8Array(1), content));
}
