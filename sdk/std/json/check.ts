/**
 * Checks a text against RFC 8259 and `JsonLimits` in one pass without a tree, about a byte a
 * nanosecond. A byte-order mark (section 8.1), anything after the value and broken UTF-8 are refused.
 */
import { firstRepeated } from "./duplicates";
import { JsonLimits } from "./limits";
import { numberEnd } from "./number";
import { stringEnd } from "./string";
import { pastSpace } from "./space";

const DEEPEST: i32 = 512;

/** Past the number, true, false or null at `p`, whose first byte is `byte`; 0 if it is none. */
function scalarEnd(p: usize, end: usize, byte: u32): usize {
  if (byte - 0x30 < 10) return numberEnd(p, end);
  if (end - p < 4) return 0;
  if (byte == 0x74) return load<u32>(p) == 0x65757274 ? p + 4 : 0;
  if (byte == 0x6e) return load<u32>(p) == 0x6c6c756e ? p + 4 : 0;
  return byte == 0x66 && end - p > 4 && load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0;
}

enum Wrong {
  Nothing,
  Mark,
  End,
  Value,
  String,
  LongString,
  LongNumber,
  Levels,
  After,
  Open,
  Comma,
  Items,
  Members,
  NoKey,
  Key,
  LongKey,
  Colon,
}

function told(code: Wrong): string {
  switch (code) {
    case Wrong.Mark:
      return "a byte-order mark";
    case Wrong.End:
      return "the end instead of a value";
    case Wrong.Value:
      return "something that is not a value";
    case Wrong.String:
      return "a string that is not valid";
    case Wrong.LongString:
      return "a string too long";
    case Wrong.LongNumber:
      return "a number too long";
    case Wrong.Levels:
      return "too many levels";
    case Wrong.After:
      return "something after the value";
    case Wrong.Open:
      return "the end within an object or array";
    case Wrong.Comma:
      return "no comma and no end after a value";
    case Wrong.Items:
      return "too many items";
    case Wrong.Members:
      return "too many members";
    case Wrong.NoKey:
      return "no key in quotes";
    case Wrong.Key:
      return "a key that is not valid";
    case Wrong.LongKey:
      return "a key too long";
    default:
      return "no colon after a key";
  }
}

export class JsonCheck {
  private code: Wrong = Wrong.Nothing;
  /** What is wrong, `""` if nothing is, and before which byte it was seen. */
  error: string = "";
  at: i32 = 0;
  /** Where the value starts and ends. */
  start: usize = 0;
  end: usize = 0;
  /** Keys in all objects together. */
  keys: i32 = 0;

  constructor(from: usize, to: usize, limits: JsonLimits) {
    const depth = min(max(limits.depth, 0), DEEPEST);
    let wrong = this.run(from, to, limits, depth);
    if (!wrong && !limits.duplicateKeys) {
      wrong = firstRepeated(this.start, this.end, this.keys, depth);
      if (wrong) this.error = "a key that stands twice in its object";
    }
    if (this.code) this.error = told(this.code);
    if (wrong) this.at = <i32>(wrong - from);
  }

  private wrong(code: Wrong, p: usize): usize {
    this.code = code;
    return p;
  }

  /**
   * 0, or where something is wrong: never 0, as no text lies there. One round for each value; a loop is
   * metered by all that is written in it, so what is rare has loops and functions of its own.
   */
  private run(from: usize, end: usize, limits: JsonLimits, depth: i32): usize {
    // Above zero: members so far; below: items so far, minus one.
    const counts = new StaticArray<i32>(depth + 1);
    const stringBytes = <usize>limits.stringBytes;
    const numberBytes = <usize>limits.numberBytes;
    let level = 0;
    let keys = 0;
    let p = pastSpace(from, end);
    this.start = p;
    if (end - p >= 3 && load<u16>(p) == 0xbbef && load<u8>(p, 2) == 0xbf) {
      return this.wrong(Wrong.Mark, p);
    }
    while (p < end) {
      const byte = <u32>load<u8>(p);
      let opened = false;
      if (byte == 0x22) {
        const close = stringEnd(p + 1, end);
        if (!close || close - p - 2 > stringBytes) {
          this.code = close ? Wrong.LongString : Wrong.String;
          return p;
        }
        p = close;
      } else if ((byte | 0x20) == 0x7b) {
        if (level >= depth) {
          this.code = Wrong.Levels;
          return p;
        }
        p++;
        if (p < end && load<u8>(p) <= 0x20) p = pastSpace(p, end);
        if (p < end && <u32>load<u8>(p) == byte + 2) p++;
        else {
          unchecked((counts[++level] = byte == 0x7b ? 0 : -1));
          opened = true;
        }
      } else {
        const after = byte == 0x2d ? numberEnd(p + 1, end) : scalarEnd(p, end, byte);
        if (!after || after - p > numberBytes) {
          this.code = after ? Wrong.LongNumber : Wrong.Value;
          return p;
        }
        p = after;
      }
      if (p < end && load<u8>(p) <= 0x20) p = pastSpace(p, end);
      let count = unchecked(counts[level]);
      if (!opened) {
        if (level && p < end && (load<u8>(p) | 0x20) == 0x7d) {
          // Out of everything that ends here.
          do {
            if (<u32>load<u8>(p) != (count >= 0 ? 0x7d : 0x5d)) {
              this.code = Wrong.Comma;
              return p;
            }
            count = unchecked(counts[--level]);
            p = pastSpace(p + 1, end);
          } while (level && p < end && (load<u8>(p) | 0x20) == 0x7d);
        }
        if (!level || p >= end || load<u8>(p) != 0x2c) {
          if (!level) return this.finish(p, end, keys);
          this.code = p < end ? Wrong.Comma : Wrong.Open;
          return p;
        }
        p++;
        if (p < end && load<u8>(p) <= 0x20) p = pastSpace(p, end);
      }
      if (count < 0) {
        if (-count > limits.items) {
          this.code = Wrong.Items;
          return p;
        }
        unchecked((counts[level] = count - 1));
        if (p >= end && opened) this.code = Wrong.Open;
        continue;
      }
      keys++;
      unchecked((counts[level] = count + 1));
      const close = p < end && load<u8>(p) == 0x22 ? stringEnd(p + 1, end) : 0;
      if (!close || count >= limits.members || close - p - 2 > <usize>limits.keyBytes) {
        return this.wrongKey(p, end, close, count >= limits.members, opened);
      }
      p = close;
      if (p < end && load<u8>(p) <= 0x20) p = pastSpace(p, end);
      if (p >= end || load<u8>(p) != 0x3a) {
        this.code = Wrong.Colon;
        return p;
      }
      p++;
      if (p < end && load<u8>(p) <= 0x20) p = pastSpace(p, end);
    }
    if (!this.code) this.code = Wrong.End;
    return p;
  }

  /** After the whole value. */
  private finish(p: usize, end: usize, keys: i32): usize {
    let last = p;
    while (last > this.start && load<u8>(last - 1) <= 0x20) last--;
    this.end = last;
    this.keys = keys;
    p = pastSpace(p, end);
    return p < end ? this.wrong(Wrong.After, p) : 0;
  }

  private wrongKey(p: usize, end: usize, close: usize, tooMany: bool, opened: bool): usize {
    if (p >= end && opened) return this.wrong(Wrong.Open, p);
    if (tooMany) return this.wrong(Wrong.Members, p);
    if (close) return this.wrong(Wrong.LongKey, p);
    return this.wrong(p < end && load<u8>(p) == 0x22 ? Wrong.Key : Wrong.NoKey, p);
  }
}
