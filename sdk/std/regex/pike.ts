/**
 * Follows all ways through a program at once, in the order of their preference, and keeps where their
 * groups began and ended. Time is the text's length times the program's; all memory is taken at once,
 * when the pattern is compiled.
 */
import { Alphabet } from "./alphabet";
import { Closures, END } from "./closure";
import { Assertion } from "./pattern/tree";
import { Op, holding } from "./program";
import { characterAt, pointBefore } from "./text";

export class Pike {
  /** Where the groups of the last match lie, in bytes from the start; -1 for a group that is not in it. */
  found: StaticArray<i32>;
  /** Characters looked at since the caller set it to zero. */
  steps: i64 = 0;
  private slots: i32;
  private current: StaticArray<i32>;
  private next: StaticArray<i32>;
  private currentSlots: StaticArray<i32>;
  private nextSlots: StaticArray<i32>;
  private seen: StaticArray<i32>;
  private mark: i32 = 0;
  /** Slots of a way that has just begun. */
  private blank: StaticArray<i32>;
  private count: i32 = 0;
  private anchored: bool;

  constructor(
    private code: StaticArray<i32>,
    private alphabet: Alphabet,
    private closures: Closures,
    groups: i32,
  ) {
    const size = code.length / 3;
    const slots = groups * 2;
    this.slots = slots;
    this.anchored = code[3] == Op.Assert && code[4] == Assertion.TextStart;
    this.found = new StaticArray<i32>(slots);
    this.blank = new StaticArray<i32>(slots).fill(-1);
    this.current = new StaticArray<i32>(size);
    this.next = new StaticArray<i32>(size);
    this.currentSlots = new StaticArray<i32>(size * slots);
    this.nextSlots = new StaticArray<i32>(size * slots);
    this.seen = new StaticArray<i32>(size);
  }

  /** The leftmost match of `start`…`end` from `from` on; false if there is none. */
  run(start: usize, from: usize, end: usize, wide: bool): bool {
    const alphabet = this.alphabet;
    const codeAt = changetype<usize>(this.code);
    const slotBytes = (<usize>this.slots) << 2;
    // Which of the two lists is current is known by these addresses alone: nothing is stored here.
    let list = changetype<usize>(this.current);
    let listSlots = changetype<usize>(this.currentSlots);
    let other = changetype<usize>(this.next);
    let otherSlots = changetype<usize>(this.nextSlots);
    let threads = 0;
    let matched = false;
    let before = from > start ? pointBefore(start, from, wide) : -1;
    let p = from;
    let character = p < end ? characterAt(p, end, wide) : 0;
    for (;;) {
      const after = p < end ? <i32>(character >> 3) : -1;
      this.steps++;
      if (!matched) {
        if (!threads) this.fresh();
        this.count = threads;
        const blank = changetype<usize>(this.blank);
        this.follow(0, <i32>(p - start), holding(before, after), blank, list, listSlots);
        threads = this.count;
      }
      if (!threads && (matched || p >= end || (this.anchored && p > start))) break;
      const at = p;
      p += character & 7;
      let afterNext = -1;
      if (at < end && p < end) {
        character = characterAt(p, end, wide);
        afterNext = <i32>(character >> 3);
      }
      const row =
        at < end
          ? changetype<usize>(alphabet.members) +
            ((<usize>(alphabet.classOf(after) * alphabet.words)) << 2)
          : 0;
      const held = holding(after, afterNext);
      this.fresh();
      this.count = 0;
      for (let i = 0; i < threads; i++) {
        const pc = load<i32>(list + ((<usize>i) << 2));
        const op = codeAt + <usize>(pc * 12);
        if (load<i32>(op) == Op.Match) {
          matched = true;
          copy(changetype<usize>(this.found), listSlots + <usize>i * slotBytes, slotBytes);
          break;
        }
        const set = load<i32>(op, 4);
        if (row && (load<u32>(row + (((<usize>set) >> 5) << 2)) >>> (set & 31)) & 1) {
          const own = listSlots + <usize>i * slotBytes;
          this.follow(pc, <i32>(p - start), held, own, other, otherSlots);
        }
      }
      threads = this.count;
      if (at >= end || (!threads && matched)) break;
      before = after;
      let swap = list;
      list = other;
      other = swap;
      swap = listSlots;
      listSlots = otherSlots;
      otherSlots = swap;
    }
    return matched;
  }

  /** Forgets which instructions are in the list. */
  private fresh(): void {
    if (++this.mark == i32.MAX_VALUE) {
      this.seen.fill(0);
      this.mark = 1;
    }
  }

  /** Adds what comes after `pc` to a list, most preferred first; `own` are the slots of the way so far. */
  private follow(pc: i32, at: i32, holds: i32, own: usize, list: usize, slots: usize): void {
    const seen = changetype<usize>(this.seen);
    const slotBytes = (<usize>this.slots) << 2;
    const mark = this.mark;
    let word =
      changetype<usize>(this.closures.words) + ((<usize>unchecked(this.closures.after[pc])) << 2);
    for (let next = load<i32>(word); next != END; next = load<i32>(word)) {
      const asked = load<i32>(word, 4);
      const count = (<usize>load<i32>(word, 8)) << 2;
      word += 12;
      if ((holds & asked) == asked && load<i32>(seen + ((<usize>next) << 2)) != mark) {
        store<i32>(seen + ((<usize>next) << 2), mark);
        const n = <usize>this.count;
        this.count++;
        store<i32>(list + (n << 2), next);
        const to = slots + n * slotBytes;
        copy(to, own, slotBytes);
        for (let i: usize = 0; i < count; i += 4) {
          store<i32>(to + ((<usize>load<i32>(word + i)) << 2), at);
        }
      }
      word += count;
    }
  }
}

/** Copies the positions of groups, which come in pairs. */
function copy(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<u64>(to + i, load<u64>(from + i));
}
