/**
 * The feed's records in shared data: 65,536 buckets by the first two bytes of a record's id, each a row
 * of id, size and value. One worker writes, all read: a lookup is one read of a bucket, about a
 * kilobyte with a million records.
 */
import { readShared, sharedSize, sharedVersion, writeShared } from "../../hostcalls/shared";
import { encode, written } from "../../hostcalls/text";
import { Sha256 } from "../../std/crypto/sha256";

export const BUCKETS: u32 = 65536;
const ID: usize = 16;
/** Id and size in front of each value. */
export const RECORD_HEAD: usize = 18;
/** In place of a size: the record is gone. */
export const GONE: u32 = 0xffff;

/** `sluice.k` and the bucket's number in two bytes. */
const key: usize = memory.data(12);
const KEY_SIZE: usize = 10;
const hashed: usize = memory.data(32);

function bucketKey(bucket: u32): void {
  store<u64>(key, 0x6b2e656369756c73);
  store<u16>(key, <u16>bucket, 8);
}

/** Length of what `findValue` found. */
export let valueSize: usize = 0;
/** First and second half of the id of the last `findValue`. */
export let idLow: u64 = 0;
export let idHigh: u64 = 0;

/** The value of the record that `text` names, by its table's letter and parts; 0 if there is none. */
export function findValue(text: string): usize {
  const at = encode(text);
  const sha = new Sha256();
  sha.update(at, written);
  sha.finish(hashed);
  return findById(load<u64>(hashed), load<u64>(hashed, 8));
}

export function findById(low: u64, high: u64): usize {
  idLow = low;
  idHigh = high;
  valueSize = 0;
  bucketKey((<u32>low) & 0xffff);
  const bucket = readShared(key, KEY_SIZE);
  const record = bucket ? seek(bucket, sharedSize, low, high) : 0;
  if (!record) return 0;
  valueSize = load<u16>(record, ID);
  return record + RECORD_HEAD;
}

/** Where the record of this id begins in a bucket, 0 if it is not in it. */
function seek(bucket: usize, size: usize, low: u64, high: u64): usize {
  const end = bucket + size;
  let at = bucket;
  while (at + RECORD_HEAD <= end) {
    if (load<u64>(at) == low && load<u64>(at, 8) == high) return at;
    at += RECORD_HEAD + load<u16>(at, ID);
  }
  return 0;
}

/** Replaces a bucket; one that would stay empty is not made. */
export function writeBucket(bucket: u32, at: usize, size: usize): void {
  bucketKey(bucket);
  if (!size && !readShared(key, KEY_SIZE)) return;
  bucketKey(bucket);
  writeShared(key, KEY_SIZE, at, size, 0);
}

/** Puts a record into its bucket in place of the one of the same id, or takes it out. False if another machine writes too. */
export function writeRecord(record: usize): bool {
  const size = load<u16>(record, ID);
  const low = load<u64>(record);
  const bucket = (<u32>low) & 0xffff;
  bucketKey(bucket);
  const old = readShared(key, KEY_SIZE);
  const oldSize = old ? sharedSize : 0;
  const version = sharedVersion;
  const added = <u32>size == GONE ? 0 : RECORD_HEAD + size;
  const to = __alloc(oldSize + added);
  let rest: usize = oldSize;
  const found = old ? seek(old, oldSize, low, load<u64>(record, 8)) : 0;
  if (found) {
    const before = found - old;
    const length = RECORD_HEAD + load<u16>(found, ID);
    memory.copy(to, old, before);
    memory.copy(to + before, found + length, oldSize - before - length);
    rest = oldSize - length;
  } else {
    memory.copy(to, old, oldSize);
  }
  memory.copy(to + rest, record, added);
  if (!found && !added) return true;
  bucketKey(bucket);
  return writeShared(key, KEY_SIZE, to, rest + added, version);
}
