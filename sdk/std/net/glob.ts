/**
 * Globs: `?` is one character and `*` any number of them, neither across a separator; `**` crosses it;
 * a backslash takes the next character as it is. The whole text must match. Takes at most text ×
 * pattern steps whatever they are, and keeps its scratch memory, so matching allocates nothing.
 */
const LONGEST: i32 = 1024;
const ONE: i32 = -1;
const SOME: i32 = -2;
const ALL: i32 = -3;

export class Glob {
  private now: StaticArray<u8>;
  private next: StaticArray<u8>;

  private constructor(
    private parts: StaticArray<i32>,
    private count: i32,
    private separator: i32,
  ) {
    this.now = new StaticArray<u8>(count + 1);
    this.next = new StaticArray<u8>(count + 1);
  }

  /** `separator` is a character's code, 0 for none. Null for more than 1,024 characters. */
  static compile(pattern: string, separator: i32): Glob | null {
    if (pattern.length > LONGEST) return null;
    const parts = new StaticArray<i32>(pattern.length);
    let count = 0;
    for (let i = 0; i < pattern.length; i++) {
      const unit = pattern.charCodeAt(i);
      if (unit == 0x2a) {
        const all = i + 1 < pattern.length && pattern.charCodeAt(i + 1) == 0x2a;
        if (all) while (i + 1 < pattern.length && pattern.charCodeAt(i + 1) == 0x2a) i++;
        parts[count++] = all ? ALL : SOME;
      } else if (unit == 0x3f) parts[count++] = ONE;
      else {
        if (unit == 0x5c && ++i >= pattern.length) return null;
        parts[count++] = pattern.charCodeAt(i);
      }
    }
    return new Glob(parts, count, separator);
  }

  matches(text: string): bool {
    const count = this.count;
    let now = changetype<usize>(this.now);
    let next = changetype<usize>(this.next);
    memory.fill(now, 0, <usize>count + 1);
    store<u8>(now, 1);
    this.skipStars(now);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const inside = unit != this.separator || !this.separator;
      let alive = false;
      memory.fill(next, 0, <usize>count + 1);
      for (let k = 0; k < count; k++) {
        if (!load<u8>(now + <usize>k)) continue;
        const part = unchecked(this.parts[k]);
        if (part == ALL || (part == SOME && inside)) store<u8>(next + <usize>k, 1);
        else if (part == unit || (part == ONE && inside)) store<u8>(next + <usize>k, 1, 1);
        else continue;
        alive = true;
      }
      if (!alive) return false;
      this.skipStars(next);
      const done = now;
      now = next;
      next = done;
    }
    return load<u8>(now + <usize>count) != 0;
  }

  private skipStars(at: usize): void {
    for (let k = 0; k < this.count; k++) {
      if (load<u8>(at + <usize>k) && unchecked(this.parts[k]) <= SOME) {
        store<u8>(at + <usize>k, 1, 1);
      }
    }
  }
}
