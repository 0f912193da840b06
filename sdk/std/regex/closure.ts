/**
 * Where a program can be after a letter, worked out when the pattern is compiled: for each place, the
 * instructions that wait for a letter or match, most preferred first, with what must hold on the way
 * there and which groups begin or end on it.
 */
import { Op } from "./program";
import { Assertion } from "./pattern/tree";

/** Words that a pattern may take; only repetitions of what can be empty come near. */
const MOST_WORDS = 32768;
const IMPOSSIBLE = Assertion.Boundary | Assertion.NoBoundary;

/** Ends the list of a place. */
export const END = -1;

export class Closures {
  /**
   * Lists of: instruction, bits of `Assertion`, number of slots, the slots.
   * Empty if there would be too many.
   */
  words: StaticArray<i32> = [];
  /** For each instruction, where the list of what comes after it starts; the first one's is of the start. */
  readonly after: StaticArray<i32>;
  private made: Array<i32> = [];
  /** For each instruction, a bit for each set of assertions that it was reached with. */
  private reached: StaticArray<u64>;

  constructor(private code: StaticArray<i32>) {
    const size = code.length / 3;
    this.after = new StaticArray<i32>(size);
    this.reached = new StaticArray<u64>(size);
    this.list(0, 0);
    // The first instruction is no letter, so its entry is free for the start.
    for (let pc = 1; pc < size && this.made.length <= MOST_WORDS; pc++) {
      if (code[pc * 3] == Op.Set) this.list(pc, pc + 1);
    }
    if (this.made.length <= MOST_WORDS) this.words = StaticArray.fromArray(this.made);
    this.made = [];
  }

  /** Adds the list of what is reached from `from`, as what comes after `pc`. */
  private list(pc: i32, from: i32): void {
    const code = this.code;
    const made = this.made;
    this.after[pc] = made.length;
    this.reached.fill(0);
    // A way still to go: instruction, assertions so far, slots so far (of `slots`, which shrinks again).
    const ways: Array<i32> = [from, 0, 0];
    const slots: Array<i32> = [];
    while (ways.length && made.length <= MOST_WORDS) {
      slots.length = ways.pop();
      let holds = ways.pop();
      let at = ways.pop();
      while (this.isNew(at, holds)) {
        const op = code[at * 3];
        const a = code[at * 3 + 1];
        if (op == Op.Split) {
          ways.push(code[at * 3 + 2]);
          ways.push(holds);
          ways.push(slots.length);
          at = a;
        } else if (op == Op.Jump) at = a;
        else if (op == Op.Save) {
          slots.push(a);
          at++;
        } else if (op == Op.Assert) {
          holds |= a;
          if ((holds & IMPOSSIBLE) == IMPOSSIBLE) break;
          at++;
        } else {
          made.push(at);
          made.push(holds);
          made.push(slots.length);
          for (let i = 0; i < slots.length; i++) made.push(slots[i]);
          break;
        }
      }
    }
    made.push(END);
  }

  /** False if `pc` was reached before by a preferred way that asks for nothing more. */
  private isNew(pc: i32, holds: i32): bool {
    for (let seen = this.reached[pc]; seen; seen &= seen - 1) {
      const before = <i32>ctz(seen);
      if ((before & holds) == before) return false;
    }
    this.reached[pc] |= (<u64>1) << holds;
    return true;
  }
}
