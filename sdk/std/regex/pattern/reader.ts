/** A place in a pattern, and the first thing that was wrong with it. */
import { pointAt } from "../../encoding/utf8";

export class PatternReader {
  at: i32 = 0;
  error: string = "";

  constructor(public pattern: string) {}

  /** Notes what is wrong and goes to the end, so that every loop over the pattern stops. */
  fail(reason: string, at: i32): void {
    if (!this.error.length) this.error = reason + ", at " + at.toString();
    this.at = this.pattern.length;
  }

  peek(offset: i32 = 0): i32 {
    const i = this.at + offset;
    return i < this.pattern.length ? this.pattern.charCodeAt(i) : -1;
  }

  take(): u32 {
    const point = pointAt(this.pattern, this.at);
    this.at += point > 0xffff ? 2 : 1;
    return point;
  }

  /** What `bounds` read; `most` is -1 for no limit. */
  least: i32 = 0;
  most: i32 = 0;

  /** Reads `{n}`, `{n,}` or `{n,m}` and answers where it ends; -1 if it is none, and so a literal `{`. */
  bounds(): i32 {
    let i = this.at + 1;
    let value = 0;
    let digits = 0;
    let comma = false;
    for (; i < this.pattern.length; i++) {
      const c = this.pattern.charCodeAt(i);
      if (c >= 0x30 && c <= 0x39) {
        value = min(value * 10 + c - 0x30, 100000);
        digits++;
      } else if (c == 0x2c && !comma && digits) {
        comma = true;
        this.least = value;
        value = 0;
        digits = 0;
      } else if (c == 0x7d && (digits || comma)) {
        if (!comma) this.least = value;
        this.most = digits ? value : -1;
        return i + 1;
      } else return -1;
    }
    return -1;
  }
}
