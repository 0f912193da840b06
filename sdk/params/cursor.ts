/**
 * Walks through JSON text and reads typed values out of it: how parameters become objects. The first
 * thing that is wrong is noted with its path, what was expected and what was found; after that every
 * read gives an empty value and every loop ends, so generated code needs no checks of its own.
 */
import { decimal, decode } from "../hostcalls/text";
import { jsonString, quote } from "./json-string";

const DEEPEST: i32 = 64;

export class Cursor {
  /** What is wrong, `""` if nothing is. */
  error: string = "";
  /** The key that `nextKey` came to. */
  key: string = "";
  private at: usize;
  private end: usize;
  private depth: i32 = 0;
  private fresh: bool = false;
  private path: string[] = [];
  private index: i32[] = [];

  constructor(private bytes: Uint8Array) {
    this.at = bytes.dataStart;
    this.end = bytes.dataStart + <usize>bytes.byteLength;
    this.space();
  }

  get failed(): bool {
    return this.error.length > 0;
  }

  /** True if nothing but the value that was read is in the text. */
  finish(): bool {
    this.space();
    if (!this.failed && this.at < this.end) this.fail("the end");
    return !this.failed;
  }

  /** Steps into an object; go on with `nextKey` until it is false. */
  enterObject(): bool {
    if (this.peek() != 0x7b) return this.fail("an object");
    return this.enter("");
  }

  enterArray(): bool {
    if (this.peek() != 0x5b) return this.fail("an array");
    return this.enter("");
  }

  private enter(name: string): bool {
    if (++this.depth > DEEPEST) return this.fail("at most 64 levels");
    this.at++;
    this.path.push(name);
    this.index.push(-1);
    this.fresh = true;
    return true;
  }

  /** Comes to the next key of the object, whose value is to be read or skipped then. */
  nextKey(): bool {
    if (!this.more(0x7d)) return false;
    if (this.peek() != 0x22) return this.fail("a key in quotes");
    this.key = this.text();
    this.space();
    if (this.failed) return false;
    if (this.at >= this.end || load<u8>(this.at) != 0x3a) return this.fail("a colon after the key");
    this.at++;
    this.space();
    this.path[this.path.length - 1] = this.key;
    return true;
  }

  nextItem(): bool {
    if (!this.more(0x5d)) return false;
    this.index[this.index.length - 1]++;
    return true;
  }

  /** Past the comma to the next member, or out of the object or array that `close` ends. */
  private more(close: u8): bool {
    if (this.failed) return false;
    this.space();
    const next = this.peek();
    if (next == close) {
      this.at++;
      this.depth--;
      this.path.pop();
      this.index.pop();
      this.fresh = false;
      this.space();
      return false;
    }
    if (this.fresh) {
      this.fresh = false;
      return true;
    }
    if (next != 0x2c) return this.fail(close == 0x7d ? "a comma or }" : "a comma or ]");
    this.at++;
    this.space();
    return this.peek() == close ? this.fail("a value") : true;
  }

  text(): string {
    if (this.peek() != 0x22) {
      this.fail("a string");
      return "";
    }
    const start = this.at + 1;
    let plain = true;
    let p = start;
    while (p < this.end) {
      const byte = load<u8>(p);
      if (byte == 0x22) break;
      if (byte < 0x20) break;
      if (byte == 0x5c) {
        plain = false;
        p++;
      }
      p++;
    }
    if (p >= this.end || load<u8>(p) != 0x22) {
      this.fail("a string that ends");
      return "";
    }
    this.at = p + 1;
    this.fresh = false;
    if (plain) return decode(start, p - start);
    const text = jsonString(start, p);
    if (text === null) {
      this.at = start - 1;
      this.fail("valid escapes");
      return "";
    }
    return text;
  }

  bool(): bool {
    if (this.literal("true")) return true;
    if (!this.literal("false")) this.fail("true or false");
    return false;
  }

  /** True, and past it, if the value is null. */
  isNull(): bool {
    return this.literal("null");
  }

  /** A whole number in this range; `1.0` and `1e3` are not taken for one. */
  integer(least: i64, most: i64): i64 {
    const start = this.at;
    let p = start;
    const negative = p < this.end && load<u8>(p) == 0x2d;
    if (negative) p++;
    const digits = p;
    let value: i64 = 0;
    while (p < this.end && <u32>load<u8>(p) - 0x30 < 10 && p - digits < 18) {
      value = value * 10 + <i64>(load<u8>(p++) - 0x30);
    }
    if (negative) value = -value;
    const whole = p > digits && !this.inNumber(p) && (load<u8>(digits) != 0x30 || p == digits + 1);
    if (!whole || value < least || value > most) {
      this.fail(range("an integer", least, most));
      return 0;
    }
    this.at = p;
    return value;
  }

  number(least: f64, most: f64): f64 {
    const size = this.numberSize();
    if (!size) {
      this.fail("a number");
      return 0;
    }
    const value = F64.parseFloat(decode(this.at, size));
    if (!(value >= least && value <= most)) {
      this.fail("a number from " + least.toString() + " to " + most.toString());
      return 0;
    }
    this.at += size;
    return value;
  }

  /** The value as it stands in the text, checked, and past it. */
  raw(): Uint8Array {
    const start = this.at;
    this.skip();
    if (this.failed) return new Uint8Array(0);
    return Uint8Array.wrap(
      this.bytes.buffer,
      <i32>(start - changetype<usize>(this.bytes.buffer)),
      <i32>(this.at - start),
    );
  }

  /** The text of an object, whatever is in it: a copy, as what it stands in is gone before the chain. */
  rawObject(): string {
    if (this.peek() != 0x7b) this.fail("an object");
    const start = this.at;
    if (!this.failed) this.skip();
    return this.failed ? "" : decode(start, this.at - start);
  }

  skip(): void {
    const next = this.peek();
    if (next == 0x7b) {
      this.enterObject();
      while (this.nextKey()) this.skip();
    } else if (next == 0x5b) {
      this.enterArray();
      while (this.nextItem()) this.skip();
    } else if (next == 0x22) {
      this.text();
    } else if (next == 0x74 || next == 0x66) {
      this.bool();
    } else if (!this.isNull()) {
      const size = this.numberSize();
      if (size) this.at += size;
      else this.fail("a value");
    }
  }

  /** For a key that the parameters do not have. */
  unknown(known: string): void {
    this.note("is not a parameter; there are: " + known);
  }

  missing(name: string): void {
    if (this.failed) return;
    const path = this.where();
    this.error = (path.length ? path + "." : "") + name + ": is required";
  }

  /** Notes that the value at the cursor is not what was expected. Always false. */
  fail(expected: string): bool {
    this.note("expected " + expected + ", found " + this.found());
    return false;
  }

  /** Notes that a text that was read is not what was expected. */
  wrong(expected: string, found: string): void {
    this.note(
      expected + ", found " + quote(found.length > 60 ? found.substring(0, 60) + "…" : found),
    );
  }

  /** Notes a problem at the path of the value that was read last. */
  note(problem: string): void {
    if (this.failed) return;
    const path = this.where();
    this.error = (path.length ? path : "parameters") + ": " + problem;
  }

  where(): string {
    let text = "";
    for (let i = 0; i < this.path.length; i++) {
      if (this.index[i] >= 0) text += "[" + decimal(this.index[i]) + "]";
      else if (this.path[i].length) text += (text.length ? "." : "") + this.path[i];
    }
    return text;
  }

  private found(): string {
    if (this.at >= this.end) return "the end";
    let size: usize = min(this.end - this.at, 40);
    return decode(this.at, size) + (this.end - this.at > size ? "…" : "");
  }

  private peek(): u8 {
    return !this.failed && this.at < this.end ? load<u8>(this.at) : 0;
  }

  private space(): void {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
      this.at++;
    }
  }

  private literal(word: string): bool {
    const size = <usize>word.length;
    if (this.failed || this.end - this.at < size) return false;
    for (let i: usize = 0; i < size; i++) {
      if (load<u8>(this.at + i) != <u8>word.charCodeAt(<i32>i)) return false;
    }
    this.at += size;
    return true;
  }

  private inNumber(p: usize): bool {
    if (p >= this.end) return false;
    const byte = load<u8>(p);
    return <u32>byte - 0x30 < 10 || byte == 0x2e || byte == 0x65 || byte == 0x45;
  }

  /** Length of the number at the cursor, 0 if there is none (RFC 8259, section 6). */
  private numberSize(): usize {
    let p = this.at;
    if (p < this.end && load<u8>(p) == 0x2d) p++;
    const first = p;
    p = this.digits(p);
    if (p == first || (load<u8>(first) == 0x30 && p > first + 1)) return 0;
    if (p < this.end && load<u8>(p) == 0x2e) {
      const fraction = p + 1;
      p = this.digits(fraction);
      if (p == fraction) return 0;
    }
    if (p < this.end && (load<u8>(p) | 0x20) == 0x65) {
      p++;
      if (p < this.end && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) p++;
      const exponent = p;
      p = this.digits(exponent);
      if (p == exponent) return 0;
    }
    return p - this.at;
  }

  private digits(p: usize): usize {
    while (p < this.end && <u32>load<u8>(p) - 0x30 < 10) p++;
    return p;
  }
}

function range(what: string, least: i64, most: i64): string {
  if (most == i64.MAX_VALUE) {
    return least == i64.MIN_VALUE ? what : what + " ≥ " + decimal(least);
  }
  if (least == i64.MIN_VALUE) return what + " ≤ " + decimal(most);
  return what + " from " + decimal(least) + " to " + decimal(most);
}
