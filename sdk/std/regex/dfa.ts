/**
 * Says whether a program matches anywhere, one table look-up a character. Its states are made as texts
 * need them, in memory that was taken when the pattern was compiled; when that is full, it starts again.
 */
import { Alphabet } from "./alphabet";
import { Before, impossible, kindOf, pointOf } from "./before";
import { holding } from "./program";
import { Reach, has } from "./reach";
import { ACCEPT, DEAD, FIRST, IDLE, States, UNKNOWN } from "./states";
import { characterAt, pointBefore } from "./text";
import { Assertion } from "./pattern/tree";

export class Dfa {
  private stride: i32;
  /** A state is a word of `Before`, then a bit for each instruction that it waits at. */
  private states: States;
  private words: i32;
  private here: StaticArray<u32>;
  private there: StaticArray<u32>;
  private reach: Reach;
  /** The instruction that is a match. */
  private last: i32;
  private kinds: StaticArray<u8>;
  /** True if a later line can begin a match although no way is left. */
  private revives: bool;
  /** True if assertions ask for more than the ends of the text. */
  private near: bool;

  constructor(
    private code: StaticArray<i32>,
    private alphabet: Alphabet,
    private assertions: i32,
  ) {
    const size = code.length / 3;
    const stride = alphabet.size + 1;
    const words = 1 + ((size + 31) >> 5);
    this.stride = stride;
    this.words = words;
    this.states = new States(stride, words);
    this.here = new StaticArray<u32>(words);
    this.there = new StaticArray<u32>(words);
    this.reach = new Reach(code);
    this.last = size - 1;
    this.kinds = new StaticArray<u8>(stride);
    const near = (assertions & ~(Assertion.TextStart | Assertion.TextEnd)) != 0;
    this.near = near;
    this.revives = (assertions & Assertion.LineStart) != 0;
    for (let i = 0; i < alphabet.size; i++) {
      this.kinds[i] = <u8>(near ? kindOf(alphabet.example[i]) : Before.Other);
    }
  }

  matches(p: usize, end: usize, wide: bool): bool {
    const ascii = changetype<usize>(this.alphabet.ascii);
    const table = changetype<usize>(this.states.table);
    const stride = <u32>this.stride;
    let state = this.start(Before.Start);
    if (state == ACCEPT) return true;
    while (p < end) {
      const point = wide ? <u32>load<u16>(p) : <u32>load<u8>(p);
      let aClass: u32;
      if (point < 128) {
        aClass = load<u16>(ascii + ((<usize>point) << 1));
        p += wide ? 2 : 1;
      } else {
        const character = characterAt(p, end, wide);
        p += character & 7;
        aClass = this.alphabet.classOf(character >> 3);
      }
      let next = <u32>load<u16>(table + ((<usize>(state * stride + aClass)) << 1));
      if (next < FIRST) {
        if (next == UNKNOWN) next = this.step(state, aClass);
        if (next == ACCEPT) return true;
        if (next == DEAD) return false;
      }
      state = next;
    }
    const last = <u32>load<u16>(table + ((<usize>(state * stride + stride - 1)) << 1));
    return (last == UNKNOWN ? this.step(state, stride - 1) : last) == ACCEPT;
  }

  /**
   * Where the leftmost match of `start`…`end` from `from` on can begin at the earliest, 0 if there is
   * none: the last place before a match where no way begun earlier was left.
   */
  begin(start: usize, from: usize, end: usize, wide: bool): usize {
    const table = changetype<usize>(this.states.table);
    const idle = changetype<usize>(this.states.idle);
    const stride = <u32>this.stride;
    let before: u32 = Before.Start;
    if (from > start) before = this.near ? kindOf(pointBefore(start, from, wide)) : Before.Other;
    let state = this.start(before);
    let begin = from;
    for (let p = from; state >= FIRST && p < end;) {
      const character = characterAt(p, end, wide);
      const aClass = <u32>this.alphabet.classOf(character >> 3);
      p += character & 7;
      let next = <u32>load<u16>(table + ((<usize>(state * stride + aClass)) << 1));
      if (next == UNKNOWN) next = this.step(state, aClass);
      if (load<u8>(idle + <usize>next)) begin = p;
      state = next;
    }
    if (state >= FIRST) {
      const last = <u32>load<u16>(table + ((<usize>(state * stride + stride - 1)) << 1));
      state = last == UNKNOWN ? this.step(state, stride - 1) : last;
    }
    return state == ACCEPT ? begin : 0;
  }

  /** The state before the first character, after one of the kind `before`. */
  private start(before: u32): u32 {
    const there = this.there;
    there.fill(0);
    there[0] = before | IDLE;
    return this.open(before) ? ACCEPT : this.states.numberOf(there);
  }

  /** Adds what the program starts with to `there`; true if that, or what was there, is a match. */
  private open(before: u32): bool {
    const set = changetype<usize>(this.there) + 4;
    this.reach.join(set, 0);
    if (this.assertions) this.reach.drop(set, impossible(before));
    return has(set, this.last);
  }

  /** Makes the transition of `state` for a class, and remembers it. */
  private step(state: u32, aClass: u32): u32 {
    const here = changetype<usize>(this.here);
    const there = changetype<usize>(this.there);
    const bytes = (<usize>this.words) << 2;
    memory.copy(here, this.states.at(state), bytes);
    const before = load<u32>(here) & ~IDLE;
    const ending = aClass == <u32>this.stride - 1;
    const kind: u32 = ending ? Before.Start : this.kinds[aClass];
    // What waits for an assertion goes on, or not, now that both neighbours are known.
    if (this.assertions) {
      this.reach.pass(here + 4, holding(pointOf(before), ending ? -1 : pointOf(kind)));
    }
    let accepted = has(here + 4, this.last);
    if (!accepted && !ending) {
      const after: u32 = this.assertions ? kind : Before.Other;
      memory.fill(there, 0, bytes);
      this.advance(aClass);
      if (this.assertions) this.reach.drop(there + 4, impossible(after));
      store<u32>(there, this.isEmpty() ? after | IDLE : after);
      accepted = this.open(after);
    }
    let next: u32;
    if (accepted) next = ACCEPT;
    else if (ending || (this.isEmpty() && !this.revives)) next = DEAD;
    else {
      const made = this.states.made;
      next = this.states.numberOf(this.there);
      if (this.states.made < made) return next; // all were forgotten, `state` too
    }
    this.states.table[state * this.stride + aClass] = <u16>next;
    return next;
  }

  /** True if no way is left. */
  private isEmpty(): bool {
    for (let i = 1; i < this.words; i++) {
      if (unchecked(this.there[i])) return false;
    }
    return true;
  }

  /** Adds to `there` what comes after the letters of a class, for what waits for one of them `here`. */
  private advance(aClass: u32): void {
    const there = changetype<usize>(this.there) + 4;
    const members =
      changetype<usize>(this.alphabet.members) + ((<usize>(aClass * this.alphabet.words)) << 2);
    for (let w = 1; w < this.words; w++) {
      for (let bits = unchecked(this.here[w]); bits; bits &= bits - 1) {
        const pc = ((w - 1) << 5) + <i32>ctz(bits);
        const set = unchecked(this.code[pc * 3 + 1]);
        const member = load<u32>(members + ((<usize>(set >> 5)) << 2)) >>> (set & 31);
        if (member & 1) this.reach.join(there, pc);
      }
    }
  }
}
