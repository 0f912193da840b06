/**
 * The states of an automaton in memory of a fixed size. When it is full, all are forgotten.
 *
 * A fault can end a request at any instruction: a state is complete before its number is published.
 */

/** Numbers of what is no state. */
export const UNKNOWN: u32 = 0;
export const ACCEPT: u32 = 1;
export const DEAD: u32 = 2;
export const FIRST: u32 = 3;

/** In the first word of a state: no way of an earlier character is left. */
export const IDLE: u32 = 8;

const TABLE_BYTES = 16384;
const MOST_STATES = 512;

export class States {
  /** For each state and class (the last one: the end of the text), the next state. */
  readonly table: StaticArray<u16>;
  /** For each state, 1 if it is `IDLE`. */
  readonly idle: StaticArray<u8>;
  /** States made so far, numbered from FIRST. */
  made: i32 = 0;
  private most: i32;
  private contents: StaticArray<u32>;
  private hash: StaticArray<u16>;

  constructor(
    /** Entries of a row. */
    private stride: i32,
    /** Words that a state is known by. */
    private words: i32,
  ) {
    const most = min(MOST_STATES, max(16, TABLE_BYTES / (stride * 2 + words * 4)));
    this.most = most;
    this.table = new StaticArray<u16>((most + <i32>FIRST) * stride);
    this.idle = new StaticArray<u8>(most + <i32>FIRST);
    this.contents = new StaticArray<u32>(most * words);
    this.hash = new StaticArray<u16>(MOST_STATES * 2);
  }

  /** Where the words of a state are. */
  at(state: u32): usize {
    return changetype<usize>(this.contents) + ((<usize>((state - FIRST) * this.words)) << 2);
  }

  /** The number of the state with these words; `made` gets smaller when all others were forgotten. */
  numberOf(there: StaticArray<u32>): u32 {
    const bytes = (<usize>this.words) << 2;
    let hash: u32 = 0;
    for (let i = 0; i < this.words; i++) {
      hash = (rotl<u32>(hash, 5) ^ unchecked(there[i])) * 0x9e3779b1;
    }
    let slot = hash >>> 22;
    for (;;) {
      const known = <u32>unchecked(this.hash[slot]);
      if (!known) break;
      if (!memory.compare(this.at(known), changetype<usize>(there), bytes)) return known;
      slot = (slot + 1) & (MOST_STATES * 2 - 1);
    }
    if (this.made == this.most) {
      this.hash.fill(0);
      this.made = 0;
      slot = hash >>> 22;
    }
    const number = <u32>this.made + FIRST;
    memory.copy(this.at(number), changetype<usize>(there), bytes);
    const row = changetype<usize>(this.table) + ((<usize>(number * this.stride)) << 1);
    memory.fill(row, 0, (<usize>this.stride) << 1);
    this.idle[number] = there[0] & IDLE ? 1 : 0;
    this.hash[slot] = <u16>number;
    this.made++;
    return number;
  }
}
