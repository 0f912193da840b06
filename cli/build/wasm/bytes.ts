/** Reading and writing the numbers of the WebAssembly binary format. */

export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined || this.at >= this.end)
      throw new WasmError(`ends early, at byte ${this.at}`);
    this.at++;
    return value;
  }

  /** An unsigned or signed LEB128 as a number; wide ones lose nothing that the build looks at. */
  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new WasmError(`number too long, at byte ${this.at}`);
  }

  signed(): number {
    let value = 0n;
    let shift = 0n;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80)
        return Number(BigInt.asIntN(64, byte & 0x40 ? value | (-1n << shift) : value));
    }
    throw new WasmError(`number too long, at byte ${this.at}`);
  }

  take(size: number): Uint8Array {
    if (this.at + size > this.end) throw new WasmError(`ends early, at byte ${this.end}`);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.unsigned()));
  }
}

/** The module is not what it should be; the message says where. */
export class WasmError extends Error {}

/** Bytes that grow at their end. */
export class Writer {
  private bytes = new Uint8Array(1024);
  size = 0;

  private room(more: number): void {
    if (this.size + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.size + more));
    wider.set(this.bytes.subarray(0, this.size));
    this.bytes = wider;
  }

  byte(...values: number[]): this {
    this.room(values.length);
    for (const value of values) this.bytes[this.size++] = value;
    return this;
  }

  put(bytes: Uint8Array): this {
    this.room(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
    return this;
  }

  unsigned(value: number): this {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    return this.byte(rest);
  }

  signed(value: number): this {
    let rest = value;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.unsigned(bytes.length).put(bytes);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.size);
  }
}
