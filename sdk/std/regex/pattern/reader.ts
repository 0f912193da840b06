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
}
