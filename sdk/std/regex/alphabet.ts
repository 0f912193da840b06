/**
 * Code points that no set of a program tells apart are one class: the machines work on a handful of
 * classes instead of a million characters.
 */
import { CharSet } from "./pattern/charset";

export const MAX_CLASSES = 1024;
const MAX_INTERVALS = 4096;

export class Alphabet {
  /** Number of classes; 0 if there are too many. */
  size: i32 = 0;
  /** Words of 32 sets in a class's row of `members`. */
  words: i32;
  /** For each class, a bit for each set that holds it. */
  members: StaticArray<u32> = [];
  /** A code point of each class. */
  example: StaticArray<u32> = [];
  /** Class of each ASCII character. */
  ascii: StaticArray<u16> = new StaticArray<u16>(128);
  private starts: StaticArray<u32> = [];
  private classes: StaticArray<u16> = [];

  constructor(sets: Array<CharSet>) {
    this.words = (sets.length + 31) >> 5;
    const edges = this.edges(sets);
    if (edges) this.number(edges.ranges, sets);
  }

  /** The points where a set begins or ends, doubled; null if there are too many. */
  private edges(sets: Array<CharSet>): CharSet | null {
    const edges = new CharSet();
    for (let i = 0; i < sets.length; i++) {
      const ranges = sets[i].ranges;
      for (let k = 0; k < ranges.length; k += 2) {
        // Two apart, so that neighbouring edges do not melt into one range.
        edges.add(ranges[k] << 1, ranges[k] << 1);
        edges.add((ranges[k + 1] + 1) << 1, (ranges[k + 1] + 1) << 1);
      }
      if (edges.ranges.length > MAX_INTERVALS * 2) return null;
    }
    edges.add(0, 0);
    return edges;
  }

  private number(edges: Array<u32>, sets: Array<CharSet>): void {
    const count = edges.length >> 1;
    const starts = new StaticArray<u32>(count);
    const classes = new StaticArray<u16>(count);
    const members: Array<u32> = [];
    const example: Array<u32> = [];
    const row = new StaticArray<u32>(this.words);
    let size = 0;
    for (let i = 0; i < count; i++) {
      starts[i] = edges[i << 1] >> 1;
      for (let w = 0; w < this.words; w++) row[w] = 0;
      for (let s = 0; s < sets.length; s++) {
        if (sets[s].has(starts[i])) row[s >> 5] |= 1 << (s & 31);
      }
      let found = 0;
      while (found < size && !same(members, found * this.words, row)) found++;
      if (found == size) {
        if (++size > MAX_CLASSES) return;
        example.push(starts[i]);
        for (let w = 0; w < this.words; w++) members.push(row[w]);
      }
      classes[i] = <u16>found;
    }
    this.starts = starts;
    this.classes = classes;
    this.members = StaticArray.fromArray(members);
    this.example = StaticArray.fromArray(example);
    for (let c = 0; c < 128; c++) this.ascii[c] = <u16>this.search(c);
    this.size = size;
  }

  classOf(point: u32): i32 {
    return point < 128 ? unchecked(this.ascii[point]) : this.search(point);
  }

  private search(point: u32): i32 {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= point) low = middle;
      else high = middle - 1;
    }
    return this.classes[low];
  }
}

function same(members: Array<u32>, from: i32, row: StaticArray<u32>): bool {
  for (let i = 0; i < row.length; i++) {
    if (members[from + i] != row[i]) return false;
  }
  return true;
}
