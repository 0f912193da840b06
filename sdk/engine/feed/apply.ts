/** Takes an answer of the feed into shared data. Whatever is not well-formed is taken not at all. */
import { BUCKETS, GONE, RECORD_HEAD, writeBucket, writeRecord } from "./records";
import { cursor, epoch, writeStatus } from "./status";

const MAGIC: u32 = 0x32464c53;
const HEAD: usize = 32;
const ID: usize = 16;

enum Kind {
  Nothing = 0,
  Snapshot = 1,
  Delta = 2,
}

export enum Applied {
  /** It is no answer of the feed, and nothing of it was taken. */
  Wrong,
  Whole,
  /** Another machine wrote too. */
  Torn,
}

export function applyAnswer(bytes: Uint8Array): Applied {
  const size = <usize>bytes.byteLength;
  const at = bytes.dataStart;
  if (size < HEAD || load<u32>(at) != MAGIC) return Applied.Wrong;
  const kind = load<u8>(at, 4);
  const newEpoch = load<u64>(at, 8);
  const newRevision = load<u64>(at, 16);
  const next = load<u32>(at, 24);
  const count = load<u32>(at, 28);
  const end = at + size;
  if (kind == Kind.Nothing) return newEpoch == epoch ? Applied.Whole : Applied.Wrong;
  if (kind == Kind.Delta) {
    if (newEpoch != epoch || !wholeRecords(at + HEAD, end, count)) return Applied.Wrong;
    for (let p = at + HEAD; p < end; p += lengthOf(p)) if (!writeRecord(p)) return Applied.Torn;
    return writeStatus(epoch, newRevision, BUCKETS) ? Applied.Whole : Applied.Torn;
  }
  // Other numbers, or a gap too long for a delta: everything comes anew, from the first bucket.
  const from: u32 = newEpoch != epoch || cursor >= BUCKETS ? 0 : cursor;
  if (kind != Kind.Snapshot || next <= from || next > BUCKETS) return Applied.Wrong;
  if (!wholeBuckets(at + HEAD, end, count, from, next)) return Applied.Wrong;
  let bucket = from;
  for (let p = at + HEAD; p < end;) {
    const number = <u32>load<u16>(p);
    const length = <usize>load<u32>(p, 4);
    while (bucket < number) writeBucket(bucket++, p, 0);
    writeBucket(bucket++, p + 8, length);
    p += 8 + length;
  }
  while (bucket < next) writeBucket(bucket++, at, 0);
  return writeStatus(newEpoch, newRevision, next) ? Applied.Whole : Applied.Torn;
}

function lengthOf(record: usize): usize {
  const size = <u32>load<u16>(record, ID);
  return RECORD_HEAD + (size == GONE ? 0 : size);
}

function wholeRecords(at: usize, end: usize, count: u32): bool {
  for (; count; count--) {
    if (at + RECORD_HEAD > end) return false;
    at += lengthOf(at);
  }
  return at == end;
}

/** Ascending, within what was asked for, and each made of whole records. */
function wholeBuckets(at: usize, end: usize, count: u32, least: u32, most: u32): bool {
  for (; count; count--) {
    if (at + 8 > end) return false;
    const number = <u32>load<u16>(at);
    const length = <usize>load<u32>(at, 4);
    if (number < least || number >= most || length > end - at - 8) return false;
    least = number + 1;
    at += 8;
    const next = at + length;
    while (at < next) {
      if (at + RECORD_HEAD > next || <u32>load<u16>(at, ID) == GONE) return false;
      at += lengthOf(at);
    }
    if (at != next) return false;
  }
  return at == end;
}
