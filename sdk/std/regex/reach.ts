/**
 * Sets of instructions as bits: what waits for a letter, an assertion or is a match, after a letter or an
 * assertion. Worked out when a pattern is compiled, so that a step of the automaton only joins sets.
 */
import { Assertion } from "./pattern/tree";
import { Op } from "./program";

export class Reach {
  /** Words of a set. */
  readonly words: i32;
  /** The instructions that assert something. */
  readonly assertions: StaticArray<i32>;
  private rows: StaticArray<u32>;
  private rowOf: StaticArray<i32>;

  constructor(private code: StaticArray<i32>) {
    const size = code.length / 3;
    const words = (size + 31) >> 5;
    const rowOf = new StaticArray<i32>(size);
    const assertions: Array<i32> = [];
    let rows = 1;
    for (let pc = 0; pc < size; pc++) {
      const op = code[pc * 3];
      if (op == Op.Assert) assertions.push(pc);
      if (op == Op.Assert || op == Op.Set) rowOf[pc] = rows++;
    }
    this.words = words;
    this.rowOf = rowOf;
    this.assertions = StaticArray.fromArray(assertions);
    this.rows = new StaticArray<u32>(rows * words);
    const marks = new StaticArray<i32>(size);
    const stack = new StaticArray<i32>(size + 2);
    this.fill(0, 0, marks, stack, 1);
    for (let pc = 0; pc < size; pc++) {
      if (rowOf[pc]) this.fill(rowOf[pc], pc + 1, marks, stack, rowOf[pc] + 1);
    }
  }

  /** Fills a row with what is reached from `from`. */
  private fill(
    row: i32,
    from: i32,
    marks: StaticArray<i32>,
    stack: StaticArray<i32>,
    mark: i32,
  ): void {
    const code = this.code;
    let top = 0;
    stack[top++] = from;
    marks[from] = mark;
    while (top) {
      const at = stack[--top];
      const op = code[at * 3];
      if (op == Op.Set || op == Op.Assert || op == Op.Match) {
        this.rows[row * this.words + (at >> 5)] |= 1 << (at & 31);
        continue;
      }
      const next = op == Op.Save ? at + 1 : code[at * 3 + 1];
      const other = op == Op.Split ? code[at * 3 + 2] : next;
      if (marks[next] != mark) {
        marks[next] = mark;
        stack[top++] = next;
      }
      if (marks[other] != mark) {
        marks[other] = mark;
        stack[top++] = other;
      }
    }
  }

  /** Adds to the set at `to` what comes after instruction `pc`; after the first one, what the program starts with. */
  join(to: usize, pc: i32): void {
    const row =
      changetype<usize>(this.rows) + ((<usize>(unchecked(this.rowOf[pc]) * this.words)) << 2);
    const bytes = (<usize>this.words) << 2;
    for (let i: usize = 0; i < bytes; i += 4) {
      store<u32>(to + i, load<u32>(to + i) | load<u32>(row + i));
    }
  }

  /** Takes out of the set at `to` the assertions whose bit is in `which`. */
  drop(to: usize, which: i32): void {
    for (let i = 0; i < this.assertions.length; i++) {
      const pc = unchecked(this.assertions[i]);
      if (unchecked(this.code[pc * 3 + 1]) & which) {
        const word = to + ((<usize>(pc >> 5)) << 2);
        store<u32>(word, load<u32>(word) & ~(1 << (pc & 31)));
      }
    }
  }

  /** Goes on from the assertions in the set at `to` that hold; those that do not are taken out. */
  pass(to: usize, holds: i32): void {
    const all = this.assertions;
    // What is passed may lead to further ones: as often as there are assertions at most.
    for (let round = 0; round < all.length; round++) {
      let changed = false;
      for (let i = 0; i < all.length; i++) {
        const pc = unchecked(all[i]);
        if (!(holds & unchecked(this.code[pc * 3 + 1])) || !has(to, pc)) continue;
        const before = this.count(to);
        this.join(to, pc);
        if (this.count(to) != before) changed = true;
      }
      if (!changed) break;
    }
    this.drop(to, ALL);
  }

  private count(set: usize): i32 {
    let bits = 0;
    for (let i = 0; i < this.words; i++) bits += popcnt(load<u32>(set + ((<usize>i) << 2)));
    return bits;
  }
}

const ALL: i32 =
  Assertion.TextStart |
  Assertion.TextEnd |
  Assertion.LineStart |
  Assertion.LineEnd |
  Assertion.Boundary |
  Assertion.NoBoundary;

/** True if the instruction is in the set. */
export function has(set: usize, pc: i32): bool {
  return (load<u32>(set + ((<usize>(pc >> 5)) << 2)) & (1 << (pc & 31))) != 0;
}
