/**
 * Who is alive: each module instance has a number and says every second that it is there. What one that
 * has died was holding can so be given to others. All of it is one value: a secret for hashes, the next
 * number, then a number and the time of the last sign of life for each.
 */
import { nowMilliseconds, nowNanoseconds } from "../hostcalls/clock";
import { readShared, sharedSize, sharedVersion, writeShared } from "../hostcalls/shared";

/** How often an instance says that it lives, and after how long a silence it is taken for dead. */
export const BEAT_MS: i32 = 1000;
export const SILENCE_MS: i64 = 5000;
const MOST_TRIES: i32 = 256;

const HEAD: usize = 24;
const NEXT: usize = 16;
const ENTRY: usize = 16;

/** `sluice.h`. */
const key: usize = memory.data(8);
const KEY_SIZE: usize = 8;
const secret: usize = memory.data(16);
/** This instance's number, 0 before it has one. */
let self: u32 = 0;
let lastBeat: i64 = 0;

function read(): usize {
  store<u64>(key, 0x682e656369756c73);
  return readShared(key, KEY_SIZE);
}

/** Once per process, before any worker serves. */
export function prepareHolders(): void {
  if (read()) return;
  const head = __alloc(HEAD);
  store<u64>(head, nowNanoseconds() * 0x9e3779b97f4a7c15);
  store<u64>(head, (nowNanoseconds() ^ (<u64>head)) * 0xbf58476d1ce4e5b9, 8);
  store<u64>(head, 1, NEXT);
  writeShared(key, KEY_SIZE, head, HEAD, 0);
}

/** Those that were alive when it was read. */
export class Holders {
  private constructor(
    private at: usize,
    private size: usize,
    private now: i64,
  ) {}

  static read(now: i64): Holders {
    const at = read();
    return new Holders(at, at ? sharedSize : 0, now);
  }

  has(holder: u32): bool {
    for (let at = HEAD; at + ENTRY <= this.size; at += ENTRY) {
      if (load<u32>(this.at + at) != holder) continue;
      return this.now - load<i64>(this.at + at, 8) < SILENCE_MS;
    }
    return false;
  }
}

/** Half of what keys of leases are hashed with. */
export function secretAt(half: usize): u64 {
  return load<u64>(secret + (half << 3));
}

/** This instance's number; says by the way that it lives, if it has not for a second. */
export function holder(): u32 {
  const now = nowMilliseconds();
  if (!self || now - lastBeat >= BEAT_MS) beat(now);
  return self;
}

/** Says that this instance lives, and forgets those that have not for long. */
function beat(now: i64): void {
  for (let i = 0; i < MOST_TRIES; i++) {
    const old = read();
    const version = sharedVersion;
    const oldSize = sharedSize;
    if (oldSize < HEAD) return;
    const list = __alloc(oldSize + ENTRY);
    memory.copy(list, old, HEAD);
    memory.copy(secret, old, 16);
    const own = self ? self : load<u32>(old, NEXT);
    if (!self) store<u64>(list, own + 1, NEXT);
    store<u64>(list, own, HEAD);
    store<i64>(list, now, HEAD + 8);
    let size = HEAD + ENTRY;
    for (let at = HEAD; at + ENTRY <= oldSize; at += ENTRY) {
      if (load<u32>(old + at) == own || now - load<i64>(old + at, 8) > 2 * SILENCE_MS) continue;
      memory.copy(list + size, old + at, ENTRY);
      size += ENTRY;
    }
    if (!writeShared(key, KEY_SIZE, list, size, version)) continue;
    self = own;
    lastBeat = now;
    return;
  }
}
