/** Escapes and bracketed classes of a pattern. */
import { hexValue } from "../../encoding/hex";
import { CharSet, LAST_POINT, perlClass, posixClass } from "./charset";
import { PatternReader } from "./reader";

/** What an escape stands for: a set, or one code point. */
export class Escape {
  set: CharSet | null = null;
  point: u32 = 0;
}

/** Reads what follows a backslash at `start`; null, and the parser's error set, if it is not supported. */
export function readEscape(parser: PatternReader, start: i32): Escape | null {
  const pattern = parser.pattern;
  const escape = new Escape();
  if (parser.peek() < 0) {
    parser.fail("the pattern ends with a backslash", start);
    return null;
  }
  const c = parser.take();
  const lower = c | 0x20;
  if (lower == 0x64 || lower == 0x73 || lower == 0x77) {
    const set = perlClass(lower)!;
    escape.set = c == lower ? set : set.negated();
    return escape;
  }
  if (c == 0x78) return hexEscape(parser, escape, start);
  if (c == 0x30 || (c >= 0x31 && c <= 0x37 && isOctal(pattern, parser.at))) {
    return octalEscape(parser, escape, c);
  }
  const control = controlOf(c);
  if (control) escape.point = control;
  else if (c < 0x80 && !isWord(c)) escape.point = c;
  else {
    parser.fail(refusal(c), start);
    return null;
  }
  return escape;
}

function refusal(c: u32): string {
  const name = "`\\" + String.fromCodePoint(c) + "`";
  if (c >= 0x31 && c <= 0x39)
    return "the back reference " + name + " cannot be matched in linear time";
  if ((c | 0x20) == 0x70) return "the Unicode class " + name + " is not supported";
  if (c == 0x43) return name + ", a single byte, is not supported";
  if (c == 0x5a || c == 0x47 || c == 0x4b) return name + " is not in RE2's syntax";
  return "the escape " + name + " is not in RE2's syntax";
}

function isOctal(pattern: string, i: i32): bool {
  return i < pattern.length && (pattern.charCodeAt(i) & ~7) == 0x30;
}

function isWord(c: u32): bool {
  return c - 0x30 < 10 || (c | 0x20) - 0x61 < 26;
}

function controlOf(c: u32): u32 {
  switch (c) {
    case 0x61:
      return 7;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    case 0x76:
      return 11;
  }
  return 0;
}

function octalEscape(parser: PatternReader, escape: Escape, first: u32): Escape {
  let value = first - 0x30;
  for (let i = 0; i < 2 && isOctal(parser.pattern, parser.at); i++, parser.at++) {
    value = value * 8 + <u32>(parser.pattern.charCodeAt(parser.at) - 0x30);
  }
  escape.point = value;
  return escape;
}

function hexEscape(parser: PatternReader, escape: Escape, start: i32): Escape | null {
  const pattern = parser.pattern;
  const braced = parser.at < pattern.length && pattern.charCodeAt(parser.at) == 0x7b;
  let i = braced ? parser.at + 1 : parser.at;
  let value: u32 = 0;
  let digits = 0;
  for (; i < pattern.length && (braced || digits < 2); i++, digits++) {
    const digit = hexValue(pattern.charCodeAt(i));
    if (digit < 0 || value > LAST_POINT) break;
    value = (value << 4) | digit;
  }
  const closed = braced
    ? i < pattern.length && pattern.charCodeAt(i) == 0x7d && digits > 0
    : digits == 2;
  if (!closed || value > LAST_POINT) {
    parser.fail("`\\x` is not followed by two digits or {digits}", start);
    return null;
  }
  parser.at = braced ? i + 1 : i;
  escape.point = value;
  return escape;
}

/** Reads a class after its `[`; null, and the parser's error set, if it is not valid. */
export function readClass(parser: PatternReader, ignoreCase: bool): CharSet | null {
  const pattern = parser.pattern;
  const start = parser.at - 1;
  const set = new CharSet();
  const negated = parser.at < pattern.length && pattern.charCodeAt(parser.at) == 0x5e;
  if (negated) parser.at++;
  for (let first = true; ; first = false) {
    if (parser.at >= pattern.length) {
      parser.fail("`[` is not closed", start);
      return null;
    }
    const c = pattern.charCodeAt(parser.at);
    if (c == 0x5d && !first) break;
    if (c == 0x5b && pattern.startsWith("[:", parser.at)) {
      const end = pattern.indexOf(":]", parser.at + 2);
      if (end > 0) {
        if (!addPosix(parser, set, end)) return null;
        continue;
      }
    }
    const from = parser.at;
    const low = member(parser, set);
    if (low < 0) {
      if (parser.error.length) return null;
      continue;
    }
    let high = low;
    if (
      parser.at + 1 < pattern.length &&
      pattern.charCodeAt(parser.at) == 0x2d &&
      pattern.charCodeAt(parser.at + 1) != 0x5d
    ) {
      parser.at++;
      high = member(parser, set);
      if (high < low) {
        parser.fail("a range in a class is not valid", from);
        return null;
      }
    }
    set.add(low, high);
  }
  parser.at++;
  const whole = ignoreCase ? set.folded() : set;
  return negated ? whole.negated() : whole;
}

/** One letter of a class; -1 if it was a class in itself, which is then added, or not valid. */
function member(parser: PatternReader, set: CharSet): i32 {
  const start = parser.at;
  const c = parser.take();
  if (c != 0x5c) return c;
  const escape = readEscape(parser, start);
  if (!escape) return -1;
  const whole = escape.set;
  if (!whole) return escape.point;
  set.addAll(whole);
  return -1;
}

function addPosix(parser: PatternReader, set: CharSet, end: i32): bool {
  const start = parser.at;
  const negated = parser.pattern.charCodeAt(start + 2) == 0x5e;
  const name = parser.pattern.substring(start + (negated ? 3 : 2), end);
  const named = posixClass(name);
  if (!named) {
    parser.fail("there is no class [:" + name + ":]", start);
    return false;
  }
  set.addAll(negated ? named.negated() : named);
  parser.at = end + 2;
  return true;
}
