/**
 * How much of something is in use right now, by key, across workers. What a module instance holds is
 * counted together and is worth something as long as the instance lives: of one that dies, everything
 * is free again within five seconds, without anyone giving it back.
 *
 * A fixed number of places, each with a list: two words of hash, who holds, how many. A list has as many
 * entries as keys are in use in its place, so it is bounded by the requests that are under way.
 */
import { nowMilliseconds } from "../hostcalls/clock";
import { readShared, sharedSize, sharedVersion, writeShared } from "../hostcalls/shared";
import { encode, written } from "../hostcalls/text";
import { hash, hashHigh, hashLow } from "./hash";
import { Holders, holder, prepareHolders, secretAt } from "./holders";

const PLACES: u32 = 2048;
/** Longest list; a place that is full gives no more. */
const MOST_ENTRIES: usize = 512;
const ENTRY: usize = 24;
const MOST_TRIES: i32 = 256;

/** `sluice.l` and the place's number in two bytes. */
const key: usize = memory.data(12);
const KEY_SIZE: usize = 10;

function placeKey(n: u32): void {
  store<u64>(key, 0x6c2e656369756c73);
  store<u16>(key, <u16>n, 8);
}

/** Makes the places: once per process, so that there is always a version to replace. */
export function prepareLeases(): void {
  prepareHolders();
  placeKey(0);
  if (readShared(key, KEY_SIZE)) return;
  for (let n: u32 = PLACES; n > 0; n--) {
    placeKey(n - 1);
    writeShared(key, KEY_SIZE, key, 1, 0);
  }
}

export class SharedLeases {
  constructor(private name: string) {}

  /** Takes one if fewer than `limit` are held. How many are held then, -1 if it was refused. */
  take(text: string, limit: i32): i32 {
    const self = holder();
    this.find(text);
    const now = nowMilliseconds();
    for (let i = 0; i < MOST_TRIES; i++) {
      const list = new List(Holders.read(now));
      if (list.held >= limit || list.full) return -1;
      if (list.commit(self, list.own(self) + 1)) return list.held + 1;
    }
    return -1;
  }

  /** Gives one back that this instance has taken. */
  give(text: string): void {
    const self = holder();
    this.find(text);
    const now = nowMilliseconds();
    for (let i = 0; i < MOST_TRIES; i++) {
      const list = new List(Holders.read(now));
      const own = list.own(self);
      if (!own || list.commit(self, own - 1)) return;
    }
  }

  /** Says that this instance lives: call it every second while anything is held. */
  keep(): void {
    holder();
  }

  private find(text: string): void {
    const at = encode(this.name + "\0" + text);
    hash(at, written, secretAt(0), secretAt(1));
    placeKey((<u32>hashLow) & (PLACES - 1));
  }
}

/** The list of the place that `key` names, without the entries of the dead. */
class List {
  /** How many of the hashed key are held, by all. */
  held: i32 = 0;
  private version: u32 = 0;
  private entries: usize = 0;
  private size: usize = 0;

  constructor(holders: Holders) {
    const at = readShared(key, KEY_SIZE);
    this.version = sharedVersion;
    const size = sharedSize - (sharedSize % ENTRY);
    this.entries = __alloc(size + ENTRY);
    for (let one = at; one < at + size; one += ENTRY) {
      if (!holders.has(load<u32>(one, 16))) continue;
      if (load<u64>(one) == hashLow && load<u64>(one, 8) == hashHigh) {
        this.held += load<i32>(one, 20);
      }
      memory.copy(this.entries + this.size, one, ENTRY);
      this.size += ENTRY;
    }
  }

  get full(): bool {
    return this.size >= MOST_ENTRIES * ENTRY;
  }

  /** How many of the key this holder has. */
  own(holder: u32): i32 {
    const at = this.entryOf(holder);
    return at < this.size ? load<i32>(this.entries + at, 20) : 0;
  }

  /** Writes how many this holder has. False if another was faster. */
  commit(holder: u32, count: i32): bool {
    const offset = this.entryOf(holder);
    const at = this.entries + offset;
    if (offset == this.size) this.size += ENTRY;
    store<u64>(at, hashLow);
    store<u64>(at, hashHigh, 8);
    store<u32>(at, holder, 16);
    store<i32>(at, count, 20);
    if (!count) {
      this.size -= ENTRY;
      memory.copy(at, this.entries + this.size, ENTRY);
    }
    // An empty list still is a value with a version.
    return this.size
      ? writeShared(key, KEY_SIZE, this.entries, this.size, this.version)
      : writeShared(key, KEY_SIZE, key, 1, this.version);
  }

  /** Where this holder's entry of the key is, or would be. */
  private entryOf(holder: u32): usize {
    let at: usize = 0;
    for (; at < this.size; at += ENTRY) {
      const one = this.entries + at;
      if (load<u32>(one, 16) != holder) continue;
      if (load<u64>(one) == hashLow && load<u64>(one, 8) == hashHigh) break;
    }
    return at;
  }
}
