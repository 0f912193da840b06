/** A table of names of a schema, in which the keys of a value are looked up without making texts of them. */
import { sameString, stringHash } from "../../json/string";
import { Tape } from "./tape";

export class NameTable {
  private slots: StaticArray<i32>;

  constructor(
    private tape: Tape,
    /** Entries of strings or keys; each name once. */
    private entries: i32[],
  ) {
    let size = 4;
    while (size < entries.length << 1) size <<= 1;
    this.slots = new StaticArray<i32>(size);
    for (let i = 0; i < entries.length; i++) {
      let slot = this.slotOf(tape, entries[i]);
      while (this.slots[slot]) slot = (slot + 1) & (size - 1);
      this.slots[slot] = i + 1;
    }
  }

  get size(): i32 {
    return this.entries.length;
  }

  text(place: i32): string {
    return this.tape.text(this.entries[place]);
  }

  private slotOf(tape: Tape, entry: i32): i32 {
    const hash = stringHash(tape.start(entry) + 1, tape.quote(entry), 0);
    return (<i32>hash) & (this.slots.length - 1);
  }

  /** The place of the name that an entry of another tape reads, -1 if it is none of these. */
  find(tape: Tape, entry: i32): i32 {
    if (!this.entries.length) return -1;
    const start = tape.start(entry) + 1;
    const end = tape.quote(entry);
    let slot = this.slotOf(tape, entry);
    while (this.slots[slot]) {
      const place = this.slots[slot] - 1;
      const own = this.entries[place];
      if (sameString(this.tape.start(own) + 1, this.tape.quote(own), start, end)) return place;
      slot = (slot + 1) & (this.slots.length - 1);
    }
    return -1;
  }
}
