/**
 * Small records by key that all workers read and change: the ground of counters and windows. A fixed
 * number of buckets of eight slots each, so it never grows: 131,072 records, 6 MiB when full. A bucket
 * that is full gives up its expired slot, else the one that expires first. Reading costs 0.7
 * microseconds, changing 0.2 more; a lost race is told, and tried again by the caller.
 */
import { nowNanoseconds } from "../hostcalls/clock";
import { readShared, sharedSize, sharedVersion, writeShared } from "../hostcalls/shared";
import { encode, written } from "../hostcalls/text";
import { hash, hashHigh, hashLow } from "./hash";

const BUCKETS: u32 = 16384;
const SLOTS: i32 = 8;
/** Two words of hash, the expiry, two words of content. */
const SLOT: usize = 40;
const FULL: usize = <usize>SLOTS * SLOT;

/** Each key is `sluice.t` and the bucket's number in two bytes. */
const key: usize = memory.data(12);
const KEY_SIZE: usize = 10;
const secret: usize = memory.data(16);
let ready: bool = false;

function bucketKey(n: u32): void {
  store<u64>(key, 0x742e656369756c73);
  store<u16>(key, <u16>n, 8);
}

/**
 * Makes the buckets if nobody has: once per process, on its main thread, before any worker serves. So
 * there is always a version to replace, and no first write can undo another.
 */
export function prepareTable(): void {
  bucketKey(0xffff);
  if (!readShared(key, KEY_SIZE)) {
    store<u64>(secret, nowNanoseconds() * 0x9e3779b97f4a7c15);
    store<u64>(secret, (nowNanoseconds() ^ (<u64>secret)) * 0xbf58476d1ce4e5b9, 8);
    for (let n: u32 = 0; n < BUCKETS; n++) {
      bucketKey(n);
      writeShared(key, KEY_SIZE, secret, 1, 0);
    }
    bucketKey(0xffff);
    writeShared(key, KEY_SIZE, secret, 16, 0);
  }
}

function loadSecret(): void {
  bucketKey(0xffff);
  const at = readShared(key, KEY_SIZE);
  if (at && sharedSize == 16) memory.copy(secret, at, 16);
  ready = true;
}

/** One record, as it was read. Change `a`, `b` and `expires`, then `commit`. */
export class Slot {
  a: i64 = 0;
  b: i64 = 0;
  /** Milliseconds since 1970 after which it may be forgotten; it reads as new then. */
  expires: i64 = 0;
  found: bool = false;
  bucket: u32 = 0;
  low: u64 = 0;
  high: u64 = 0;
  version: u32 = 0;
  /** A copy of the bucket with room for one slot more. */
  copy: usize = 0;
  size: usize = 0;
  at: usize = 0;

  /** Writes it back. False if another worker was faster: open it again and decide anew. */
  commit(): bool {
    const at = this.copy + this.at;
    store<u64>(at, this.low);
    store<u64>(at, this.high, 8);
    store<i64>(at, this.expires, 16);
    store<i64>(at, this.a, 24);
    store<i64>(at, this.b, 32);
    bucketKey(this.bucket);
    return writeShared(key, KEY_SIZE, this.copy, this.size, this.version);
  }
}

/** Opens the record of `name` (who asks) and `text` (for whom) as it is at `now`. */
export function openSlot(name: string, text: string, now: i64): Slot {
  hashRecord(name, text);
  return openHashed(hashLow, hashHigh, now);
}

/** Where the record of `name` and `text` is: `hashLow` and `hashHigh` say, for `openHashed`. */
export function hashRecord(name: string, text: string): void {
  if (!ready) loadSecret();
  const at = encode(name + "\0" + text);
  hash(at, written, load<u64>(secret), load<u64>(secret, 8));
}

export function openHashed(low: u64, high: u64, now: i64): Slot {
  const slot = new Slot();
  slot.low = low;
  slot.high = high;
  slot.bucket = (<u32>low) & (BUCKETS - 1);
  bucketKey(slot.bucket);
  const bucket = readShared(key, KEY_SIZE);
  slot.version = sharedVersion;
  const size = sharedSize >= SLOT ? sharedSize - (sharedSize % SLOT) : 0;
  slot.copy = __alloc(FULL + SLOT);
  memory.copy(slot.copy, bucket, size);
  slot.size = size;
  find(slot, now);
  return slot;
}

/** Looks for the record; else takes a free slot, the one that has expired, or expires first. */
function find(slot: Slot, now: i64): void {
  let first: usize = 0;
  let soonest: i64 = i64.MAX_VALUE;
  for (let at: usize = 0; at < slot.size; at += SLOT) {
    const one = slot.copy + at;
    const expires = load<i64>(one, 16);
    if (load<u64>(one) == slot.low && load<u64>(one, 8) == slot.high) {
      slot.at = at;
      if (expires && expires <= now) return;
      slot.found = true;
      slot.expires = expires;
      slot.a = load<i64>(one, 24);
      slot.b = load<i64>(one, 32);
      return;
    }
    const until = expires ? expires : i64.MAX_VALUE - 1;
    if (until < soonest) {
      soonest = until;
      first = at;
    }
  }
  if (slot.size < FULL && soonest > now) {
    slot.at = slot.size;
    slot.size += SLOT;
  } else {
    slot.at = first;
  }
}
