/**
 * Writes JSON; commas come by themselves. What is not balanced is the caller's fault and is written
 * as it was asked for. A number that JSON does not have (NaN, infinity) becomes null.
 */
import { Bytes } from "../encoding/bytes";

export class JsonWriter {
  private out: Bytes;
  private comma: bool = false;

  constructor(room: i32 = 256) {
    this.out = new Bytes(room);
  }

  private before(): void {
    if (this.comma) this.out.byte(0x2c);
    this.comma = true;
  }

  beginObject(): void {
    this.before();
    this.out.byte(0x7b);
    this.comma = false;
  }

  endObject(): void {
    this.out.byte(0x7d);
    this.comma = true;
  }

  beginArray(): void {
    this.before();
    this.out.byte(0x5b);
    this.comma = false;
  }

  endArray(): void {
    this.out.byte(0x5d);
    this.comma = true;
  }

  key(name: string): void {
    this.before();
    writeString(name, this.out);
    this.out.byte(0x3a);
    this.comma = false;
  }

  text(value: string): void {
    this.before();
    writeString(value, this.out);
  }

  integer(value: i64): void {
    this.before();
    this.out.text(value.toString());
  }

  number(value: f64): void {
    this.before();
    if (!isFinite(value)) this.out.text("null");
    else if (value == Math.trunc(value) && Math.abs(value) < 1e15) {
      this.out.text((<i64>value).toString());
    } else this.out.text(value.toString());
  }

  bool(value: bool): void {
    this.before();
    this.out.text(value ? "true" : "false");
  }

  nil(): void {
    this.before();
    this.out.text("null");
  }

  /** A value that is JSON already. */
  raw(json: Uint8Array): void {
    this.before();
    this.out.add(json);
  }

  finish(): Uint8Array {
    return this.out.finish();
  }

  finishText(): string {
    return this.out.finishText();
  }
}

/** `text` with its quotes, escaped as RFC 8259, section 7 wants it and no more. */
export function writeString(text: string, out: Bytes): void {
  out.byte(0x22);
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = <u32>text.charCodeAt(i);
    if (unit >= 0x20 && unit != 0x22 && unit != 0x5c) continue;
    if (i > from) out.text(text.substring(from, i));
    from = i + 1;
    out.byte(0x5c);
    if (unit == 0x22 || unit == 0x5c) out.byte(unit);
    else if (unit == 0x0a) out.byte(0x6e);
    else if (unit == 0x0d) out.byte(0x72);
    else if (unit == 0x09) out.byte(0x74);
    else if (unit == 0x08) out.byte(0x62);
    else if (unit == 0x0c) out.byte(0x66);
    else {
      out.text(unit < 16 ? "u000" : "u001");
      const low = unit & 15;
      out.byte(low < 10 ? 0x30 + low : 0x57 + low);
    }
  }
  out.text(from ? text.substring(from) : text);
  out.byte(0x22);
}

/** `text` as a value of JSON, in bytes. */
export function jsonString(text: string): Uint8Array {
  const out = new Bytes(text.length + 2);
  writeString(text, out);
  return out.finish();
}
