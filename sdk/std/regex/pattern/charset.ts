/** A set of code points as sorted ranges that neither touch nor overlap. */

export const LAST_POINT: u32 = 0x10ffff;

/** Letters whose two cases lie a constant apart: first, last upper-case letter, distance. */
const CASES: StaticArray<u32> = [
  0x41, 0x5a, 0x20, 0xc0, 0xd6, 0x20, 0xd8, 0xde, 0x20, 0x391, 0x3a1, 0x20, 0x3a3, 0x3ab, 0x20,
  0x400, 0x40f, 0x50, 0x410, 0x42f, 0x20,
];

export class CharSet {
  /** First and last point of each range. */
  ranges: Array<u32> = [];

  add(first: u32, last: u32): void {
    if (first > last) return;
    const ranges = this.ranges;
    const size = ranges.length;
    let from = 0;
    while (from < size && ranges[from + 1] + 1 < first) from += 2;
    let to = from;
    while (to < size && ranges[to] <= last + 1) {
      first = min(first, ranges[to]);
      last = max(last, ranges[to + 1]);
      to += 2;
    }
    if (to == from) {
      ranges.push(0);
      ranges.push(0);
      for (let i = size - 1; i >= from; i--) ranges[i + 2] = ranges[i];
    } else if (to > from + 2) {
      const gone = to - from - 2;
      for (let i = to; i < size; i++) ranges[i - gone] = ranges[i];
      ranges.length = size - gone;
    }
    ranges[from] = first;
    ranges[from + 1] = last;
  }

  addAll(other: CharSet): void {
    for (let i = 0; i < other.ranges.length; i += 2) this.add(other.ranges[i], other.ranges[i + 1]);
  }

  negated(): CharSet {
    const set = new CharSet();
    let next: u32 = 0;
    for (let i = 0; i < this.ranges.length; i += 2) {
      if (this.ranges[i] > next) set.add(next, this.ranges[i] - 1);
      next = this.ranges[i + 1] + 1;
    }
    if (next <= LAST_POINT) set.add(next, LAST_POINT);
    return set;
  }

  /**
   * The set with the other case of each letter: Latin-1, Greek and Cyrillic, and the two signs that
   * Unicode folds to ASCII letters. Other scripts keep their case.
   */
  folded(): CharSet {
    const set = new CharSet();
    set.addAll(this);
    for (let i = 0; i < CASES.length; i += 3) {
      const first = CASES[i];
      const last = CASES[i + 1];
      const away = CASES[i + 2];
      for (let k = 0; k < this.ranges.length; k += 2) {
        const low = this.ranges[k];
        const high = this.ranges[k + 1];
        const upper = max(low, first);
        if (upper <= min(high, last)) set.add(upper + away, min(high, last) + away);
        const lower = max(low, first + away);
        if (lower <= min(high, last + away)) set.add(lower - away, min(high, last + away) - away);
      }
    }
    if (set.has(0x6b) || set.has(0x212a)) set.addPair(0x6b, 0x4b, 0x212a);
    if (set.has(0x73) || set.has(0x17f)) set.addPair(0x73, 0x53, 0x17f);
    if (set.has(0x3c3) || set.has(0x3c2)) set.addPair(0x3c3, 0x3a3, 0x3c2);
    return set;
  }

  private addPair(a: u32, b: u32, c: u32): void {
    this.add(a, a);
    this.add(b, b);
    this.add(c, c);
  }

  has(point: u32): bool {
    for (let i = 0; i < this.ranges.length; i += 2) {
      if (point >= this.ranges[i] && point <= this.ranges[i + 1]) return true;
    }
    return false;
  }

  equals(other: CharSet): bool {
    if (this.ranges.length != other.ranges.length) return false;
    for (let i = 0; i < this.ranges.length; i++) {
      if (this.ranges[i] != other.ranges[i]) return false;
    }
    return true;
  }
}

/** The set that `\d`, `\s` or `\w` stands for; another letter gives none. */
export function perlClass(letter: u32): CharSet | null {
  const set = new CharSet();
  switch (letter) {
    case 0x64:
      set.add(0x30, 0x39);
      return set;
    case 0x73:
      set.add(9, 10);
      set.add(12, 13);
      set.add(0x20, 0x20);
      return set;
    case 0x77:
      return posixClass("word");
  }
  return null;
}

/** The set of `[:name:]`, null if there is none of that name. */
export function posixClass(name: string): CharSet | null {
  const set = new CharSet();
  const any = name == "alnum" || name == "word";
  if (any || name == "alpha" || name == "upper") set.add(0x41, 0x5a);
  if (any || name == "alpha" || name == "lower") set.add(0x61, 0x7a);
  if (any || name == "digit" || name == "xdigit") set.add(0x30, 0x39);
  if (name == "word") set.add(0x5f, 0x5f);
  else if (name == "ascii") set.add(0, 0x7f);
  else if (name == "blank" || name == "space") {
    set.add(9, 9);
    set.add(0x20, 0x20);
    if (name == "space") set.add(9, 13);
  } else if (name == "cntrl") {
    set.add(0, 0x1f);
    set.add(0x7f, 0x7f);
  } else if (name == "graph") set.add(0x21, 0x7e);
  else if (name == "print") set.add(0x20, 0x7e);
  else if (name == "punct") {
    set.add(0x21, 0x2f);
    set.add(0x3a, 0x40);
    set.add(0x5b, 0x60);
    set.add(0x7b, 0x7e);
  } else if (name == "xdigit") {
    set.add(0x41, 0x46);
    set.add(0x61, 0x66);
  }
  return set.ranges.length ? set : null;
}
