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

export class JsonCheck {
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
    if (wrong) this.at = <i32>(wrong - from);
  }

  private wrong(what: string, p: usize): usize {
    this.error = what;
    return p;
  }

  /** 0, or where something is wrong: never 0, as no text lies there. */
  private run(from: usize, end: usize, limits: JsonLimits, depth: i32): usize {
    // Above zero: members so far; below: items so far, minus one.
    const counts = new StaticArray<i32>(depth + 1);
    let level = 0;
    let p = pastSpace(from, end);
    this.start = p;
    if (end - p >= 3 && load<u16>(p) == 0xbbef && load<u8>(p, 2) == 0xbf) {
      return this.wrong("a byte-order mark", p);
    }
    while (true) {
      // A value starts here.
      if (p >= end) return this.wrong("the end instead of a value", p);
      const byte = <u32>load<u8>(p);
      let opened = false;
      if (byte == 0x22) {
        const close = stringEnd(p + 1, end);
        if (!close) return this.wrong("a string that is not valid", p);
        if (close - p - 2 > <usize>limits.stringBytes) return this.wrong("a string too long", p);
        p = close;
      } else if (byte == 0x7b || byte == 0x5b) {
        if (level >= depth) return this.wrong("too many levels", p);
        unchecked((counts[++level] = byte == 0x7b ? 0 : -1));
        opened = true;
        p = pastSpace(p + 1, end);
      } else if (byte == 0x74 || byte == 0x6e) {
        if (end - p < 4 || load<u32>(p) != (byte == 0x74 ? 0x65757274 : 0x6c6c756e)) {
          return this.wrong("something that is not a value", p);
        }
        p += 4;
      } else if (byte == 0x66) {
        if (end - p < 5 || load<u32>(p, 1) != 0x65736c61) {
          return this.wrong("something that is not a value", p);
        }
        p += 5;
      } else {
        const after = numberEnd(p, end);
        if (!after) return this.wrong("something that is not a value", p);
        p = after;
      }
      // Out of everything that ends here, to the next value.
      while (true) {
        if (!opened) {
          if (!level) {
            this.end = p;
            p = pastSpace(p, end);
            return p < end ? this.wrong("something after the value", p) : 0;
          }
          p = pastSpace(p, end);
        }
        if (p >= end) return this.wrong("the end within an object or array", p);
        let count = unchecked(counts[level]);
        const inObject = count >= 0;
        const next = <u32>load<u8>(p);
        if (next == <u32>(inObject ? 0x7d : 0x5d)) {
          level--;
          p++;
          opened = false;
          continue;
        }
        if (!opened) {
          if (next != 0x2c) return this.wrong("no comma and no end after a value", p);
          p = pastSpace(p + 1, end);
        }
        if (!inObject) {
          if (-count > limits.items) return this.wrong("too many items", p);
          unchecked((counts[level] = count - 1));
          break;
        }
        if (count >= limits.members) return this.wrong("too many members", p);
        unchecked((counts[level] = count + 1));
        this.keys++;
        if (p >= end || load<u8>(p) != 0x22) return this.wrong("no key in quotes", p);
        const close = stringEnd(p + 1, end);
        if (!close) return this.wrong("a key that is not valid", p);
        if (close - p - 2 > <usize>limits.keyBytes) return this.wrong("a key too long", p);
        p = pastSpace(close, end);
        if (p >= end || load<u8>(p) != 0x3a) return this.wrong("no colon after a key", p);
        p = pastSpace(p + 1, end);
        break;
      }
    }
  }
}
