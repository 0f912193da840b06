/** Words of an expression. The text of a string literal is unescaped here. */
import { Bytes } from "../../encoding/bytes";
import { hexValue } from "../../encoding/hex";
import { pointAt, putUtf8 } from "../../encoding/utf8";

export enum Token {
  End,
  Name,
  /** `value` is its size, which may be 2^63 after a minus. */
  Int,
  Uint,
  Double,
  String,
  Bytes,
  /** `sign` is its character, or two of them. */
  Sign,
}

const TWO_CHARACTERS = "&&||==!=<=>=";

export class Lexer {
  token: Token = Token.End;
  /** Where the token starts. */
  start: i32 = 0;
  text: string = "";
  value: u64 = 0;
  number: f64 = 0;
  bytes: Uint8Array | null = null;
  sign: i32 = 0;
  error: string = "";
  private at: i32 = 0;

  constructor(private source: string) {
    this.next();
  }

  fail(reason: string, at: i32): void {
    if (!this.error.length) this.error = reason + ", at " + at.toString();
    this.at = this.source.length;
    this.token = Token.End;
    this.sign = 0;
  }

  is(sign: i32): bool {
    return this.token == Token.Sign && this.sign == sign;
  }

  private peek(offset: i32 = 0): i32 {
    const i = this.at + offset;
    return i < this.source.length ? this.source.charCodeAt(i) : -1;
  }

  next(): void {
    this.skip();
    this.start = this.at;
    this.sign = 0;
    const c = this.peek();
    if (c < 0) {
      this.token = Token.End;
      return;
    }
    if (isDigit(c) || (c == 0x2e && isDigit(this.peek(1)))) return this.numeral();
    if (this.literal()) return;
    if (isLetter(c)) {
      while (isLetter(this.peek()) || isDigit(this.peek())) this.at++;
      this.token = Token.Name;
      this.text = this.source.substring(this.start, this.at);
      return;
    }
    this.token = Token.Sign;
    this.at++;
    for (let i = 0; i < TWO_CHARACTERS.length; i += 2) {
      if (c == TWO_CHARACTERS.charCodeAt(i) && this.peek() == TWO_CHARACTERS.charCodeAt(i + 1)) {
        this.sign = (c << 8) | this.peek();
        this.at++;
        return;
      }
    }
    this.sign = c;
    if ("()[]{}.,:?!<>+-*/%".indexOf(String.fromCharCode(c)) < 0) {
      this.fail("`" + String.fromCharCode(c) + "` means nothing here", this.start);
    }
  }

  private skip(): void {
    for (let c = this.peek(); c >= 0; c = this.peek()) {
      if (c == 0x2f && this.peek(1) == 0x2f) {
        while (this.peek() >= 0 && this.peek() != 10) this.at++;
      } else if (c == 0x20 || (c >= 9 && c <= 13)) this.at++;
      else return;
    }
  }

  private numeral(): void {
    let value: u64 = 0;
    let tooLarge = false;
    this.token = Token.Int;
    const hex = this.peek() == 0x30 && (this.peek(1) | 0x20) == 0x78;
    if (hex) this.at += 2;
    const from = this.at;
    for (let digit = this.digit(hex); digit >= 0; digit = this.digit(hex)) {
      const base: u64 = hex ? 16 : 10;
      if (value > (u64.MAX_VALUE - digit) / base) tooLarge = true;
      value = value * base + digit;
      this.at++;
    }
    if (!hex && (this.peek() == 0x2e || (this.peek() | 0x20) == 0x65)) {
      if (this.fraction(from)) return;
    } else if (hex && from == this.at) return this.fail("`0x` has no digits", this.start);
    if ((this.peek() | 0x20) == 0x75) {
      this.at++;
      this.token = Token.Uint;
    } else if (value > (<u64>1) << 63) tooLarge = true;
    if (tooLarge || isLetter(this.peek()))
      this.fail("a number is too large or has a letter in it", this.start);
    this.value = value;
  }

  private digit(hex: bool): i32 {
    const c = this.peek();
    return hex ? hexValue(c) : isDigit(c) ? c - 0x30 : -1;
  }

  /** Goes on as a double, false if what follows is neither a fraction nor an exponent. */
  private fraction(from: i32): bool {
    let i = this.at;
    const source = this.source;
    if (this.peek() == 0x2e) {
      if (!isDigit(this.peek(1))) return false;
      for (i++; i < source.length && isDigit(source.charCodeAt(i));) i++;
    }
    if (i < source.length && (source.charCodeAt(i) | 0x20) == 0x65) {
      let k = i + 1;
      if (k < source.length && (source.charCodeAt(k) == 0x2b || source.charCodeAt(k) == 0x2d)) k++;
      if (k >= source.length || !isDigit(source.charCodeAt(k))) {
        this.fail("an exponent has no digits", this.start);
        return true;
      }
      while (k < source.length && isDigit(source.charCodeAt(k))) k++;
      i = k;
    }
    this.at = i;
    this.token = Token.Double;
    this.number = F64.parseFloat(source.substring(from, i));
    if (isLetter(this.peek())) this.fail("a number has a letter in it", this.start);
    return true;
  }

  /** Reads a string or bytes literal with its prefixes; false if there is none here. */
  private literal(): bool {
    let raw = false;
    let bytes = false;
    let i = 0;
    for (; i < 2; i++) {
      const prefix = this.peek(i) | 0x20;
      if (prefix == 0x72 && !raw) raw = true;
      else if (prefix == 0x62 && !bytes) bytes = true;
      else break;
    }
    const quote = this.peek(i);
    if (quote != 0x22 && quote != 0x27) return false;
    const triple = this.peek(i + 1) == quote && this.peek(i + 2) == quote;
    this.at += i + (triple ? 3 : 1);
    const out = new Bytes(32);
    for (;;) {
      const c = this.peek();
      if (c < 0 || (c == 10 && !triple)) {
        this.fail("a string is not closed", this.start);
        return true;
      }
      if (c == quote && (!triple || (this.peek(1) == quote && this.peek(2) == quote))) break;
      if (c == 0x5c && !raw) {
        if (!this.escape(out, bytes)) return true;
        continue;
      }
      const point = pointAt(this.source, this.at);
      this.at += point > 0xffff ? 2 : 1;
      put(out, point);
    }
    this.at += triple ? 3 : 1;
    this.token = bytes ? Token.Bytes : Token.String;
    if (bytes) this.bytes = out.finish();
    else this.text = out.finishText();
    return true;
  }

  private escape(out: Bytes, bytes: bool): bool {
    const start = this.at;
    const c = this.peek(1);
    this.at += 2;
    let digits = 0;
    switch (c) {
      case 0x78:
      case 0x58:
        digits = 2;
        break;
      case 0x75:
        digits = bytes ? 0 : 4;
        break;
      case 0x55:
        digits = bytes ? 0 : 8;
        break;
    }
    let point: u32 = 0;
    if (digits) {
      for (let i = 0; i < digits; i++) {
        const digit = this.digit(true);
        if (digit < 0) return this.refuse(start);
        point = (point << 4) | digit;
        this.at++;
      }
    } else if (c >= 0x30 && c <= 0x33) {
      point = c - 0x30;
      for (let i = 0; i < 2; i++) {
        const digit = this.digit(false);
        if (digit < 0 || digit > 7) return this.refuse(start);
        point = point * 8 + digit;
        this.at++;
      }
    } else {
      const at = "abfnrtv\\?\"'`".indexOf(c < 0 ? "" : String.fromCharCode(c));
      if (c < 0 || at < 0) return this.refuse(start);
      point = at < 7 ? "\x07\x08\x0c\x0a\x0d\x09\x0b".charCodeAt(at) : c;
    }
    if (bytes) out.byte(point);
    else if (point > 0x10ffff || (point & 0xfffff800) == 0xd800) return this.refuse(start);
    else put(out, point);
    return true;
  }

  private refuse(at: i32): bool {
    this.fail("an escape is not valid", at);
    return false;
  }
}

function put(out: Bytes, point: u32): void {
  const to = out.claim(4);
  out.length -= 4 - putUtf8(to, point);
}

function isDigit(c: i32): bool {
  return <u32>(c - 0x30) < 10;
}

function isLetter(c: i32): bool {
  return <u32>((c | 0x20) - 0x61) < 26 || c == 0x5f;
}
