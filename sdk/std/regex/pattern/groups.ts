/** What follows `(?`: names, flags, and what RE2 does not have. */
import { PatternReader } from "./reader";

export enum Flag {
  IgnoreCase = 1,
  MultiLine = 2,
  DotAll = 4,
  Ungreedy = 8,
}

export class GroupReader extends PatternReader {
  flags: i32 = 0;
  groups: i32 = 1;
  names: Array<string> = [""];

  constructor(pattern: string) {
    super(pattern);
  }

  /** 1 if a named group starts here, 0 if not, -1 if its name is wrong. */
  groupName(start: i32): i32 {
    const c = this.peek();
    const p = c == 0x50;
    if (!(p && this.peek(1) == 0x3c) && c != 0x3c) {
      if (p) return this.refuse("`(?P` is not followed by `<name>`", start);
      return 0;
    }
    const after = this.peek(1);
    if (!p && (after == 0x3d || after == 0x21)) {
      return this.refuse(
        "lookbehind `(?<" + String.fromCharCode(after) + "` cannot be matched in linear time",
        start,
      );
    }
    this.at += p ? 2 : 1;
    const from = this.at;
    for (let c = this.peek(); c >= 0 && c != 0x3e; c = this.peek()) {
      const word = c == 0x5f || <u32>(c - 0x30) < 10 || <u32>((c | 0x20) - 0x61) < 26;
      if (!word) return this.refuse("a group's name has a character that is no letter", this.at);
      this.at++;
    }
    const name = this.pattern.substring(from, this.at);
    if (this.peek() < 0 || !name.length)
      return this.refuse("a group's name is empty or not closed", start);
    if (this.names.includes(name)) return this.refuse("two groups have the name " + name, start);
    this.names.push(name);
    this.at++;
    return 1;
  }

  refuse(reason: string, at: i32): i32 {
    this.fail(reason, at);
    return -1;
  }

  /** Reads `imsU-imsU` up to its `:` or `)`, which it answers; -1 if there is something else. */
  groupFlags(start: i32): i32 {
    let on = true;
    let seen = false;
    for (let c = this.peek(); c >= 0; c = this.peek()) {
      if (c == 0x3a || c == 0x29) {
        if (!seen && !on) break;
        this.at++;
        return c;
      }
      if (c == 0x3d || c == 0x21) {
        return this.refuse(
          "lookahead `(?" + String.fromCharCode(c) + "` cannot be matched in linear time",
          start,
        );
      }
      if (c == 0x3e) return this.refuse("an atomic group `(?>` is not in RE2's syntax", start);
      const flag = flagOf(c);
      if (flag) {
        if (on) this.flags |= flag;
        else this.flags &= ~flag;
        seen = true;
      } else if (c == 0x2d && on) {
        on = false;
        seen = false;
      } else break;
      this.at++;
    }
    return this.refuse("`(?` is followed by something that RE2 does not have", start);
  }
}

export function flagOf(letter: i32): i32 {
  switch (letter) {
    case 0x69:
      return Flag.IgnoreCase;
    case 0x6d:
      return Flag.MultiLine;
    case 0x73:
      return Flag.DotAll;
    case 0x55:
      return Flag.Ungreedy;
  }
  return 0;
}
