/** A text under construction; grows by doubling, because nothing is freed before the callback ends. */
export class Rewrite {
  private buffer: ArrayBuffer;
  private size: i32 = 0;

  constructor(private source: string) {
    this.buffer = new ArrayBuffer((source.length << 1) + 64);
  }

  copy(from: string, start: i32, end: i32): void {
    if (end <= start) return;
    const bytes = (end - start) << 1;
    if (this.size + bytes > this.buffer.byteLength) {
      const larger = new ArrayBuffer((this.size + bytes) << 1);
      memory.copy(changetype<usize>(larger), changetype<usize>(this.buffer), this.size);
      this.buffer = larger;
    }
    memory.copy(
      changetype<usize>(this.buffer) + <usize>this.size,
      changetype<usize>(from) + ((<usize>start) << 1),
      bytes,
    );
    this.size += bytes;
  }

  /** Adds `replacement`, its `\1` taken from the source at `found`. */
  substitute(replacement: string, found: StaticArray<i32>): void {
    let copied = 0;
    for (let i = 0; i + 1 < replacement.length; i++) {
      if (replacement.charCodeAt(i) != 0x5c) continue;
      const c = replacement.charCodeAt(i + 1);
      const number = (c - 0x30) << 1;
      if (c != 0x5c && (number < 0 || number >= found.length || c > 0x39)) continue;
      this.copy(replacement, copied, i);
      if (c != 0x5c) this.copy(this.source, found[number] >> 1, found[number + 1] >> 1);
      copied = c == 0x5c ? i + 1 : i + 2;
      i++;
    }
    this.copy(replacement, copied, replacement.length);
  }

  text(): string {
    return String.UTF16.decodeUnsafe(changetype<usize>(this.buffer), this.size);
  }
}
