/**
 * Bytes that are written one after the other: one buffer that doubles, so at most twice the result is
 * left behind. Lives as long as the callback that writes; never part of a configuration.
 */
import { utf8Length, utf8Text, utf8Units, writeUtf8 } from "./utf8";

export class Bytes {
  private buffer: ArrayBuffer;
  length: i32 = 0;

  constructor(room: i32) {
    this.buffer = new ArrayBuffer(max(room, 32));
  }

  /** Where the next `size` bytes go; they count as written. */
  claim(size: i32): usize {
    const start = this.length;
    const wanted = start + size;
    if (wanted > this.buffer.byteLength) {
      const larger = new ArrayBuffer(max(wanted, this.buffer.byteLength << 1));
      memory.copy(changetype<usize>(larger), changetype<usize>(this.buffer), <usize>start);
      this.buffer = larger;
    }
    this.length = wanted;
    return changetype<usize>(this.buffer) + <usize>start;
  }

  byte(value: u32): void {
    store<u8>(this.claim(1), value);
  }

  copy(from: usize, size: usize): void {
    memory.copy(this.claim(<i32>size), from, size);
  }

  add(bytes: Uint8Array): void {
    this.copy(bytes.dataStart, <usize>bytes.byteLength);
  }

  /** `text` in UTF-8. */
  text(text: string): void {
    writeUtf8(text, this.claim(utf8Length(text)));
  }

  last(): u32 {
    return this.length ? load<u8>(changetype<usize>(this.buffer) + <usize>this.length - 1) : 0;
  }

  /** Takes the last byte back. */
  drop(): void {
    if (this.length) this.length--;
  }

  /** A view of what was written; do not write after it. */
  finish(): Uint8Array {
    return Uint8Array.wrap(this.buffer, 0, this.length);
  }

  /** What was written, which must be UTF-8. */
  finishText(): string {
    const p = changetype<usize>(this.buffer);
    const end = p + <usize>this.length;
    return utf8Text(p, end, max(utf8Units(p, end), 0));
  }
}
