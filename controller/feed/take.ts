/** Puts an answer of a feed server into a table: also how a table comes back from a file of such answers. */
import {
  FEED_BUCKETS,
  FEED_GONE,
  FEED_HEAD,
  FEED_ID,
  FeedKind,
  readFeedHead,
} from "../../host-sim/feed/words.ts";
import type { FeedTable } from "./table.ts";

/** Where a follower is: what it asks for next. */
export interface FeedPosition {
  epoch: bigint;
  revision: bigint;
  cursor: number;
}

/** Nothing is known yet. */
export const feedStart: FeedPosition = { epoch: 0n, revision: 0n, cursor: 0 };

/** Returns what to ask for next; throws when the bytes are no whole answer to the question asked. */
export function takeAnswer(table: FeedTable, asked: FeedPosition, bytes: Buffer): FeedPosition {
  const { kind, epoch, revision, cursor, count } = readFeedHead(bytes);
  const next = { epoch, revision, cursor };
  if (kind === FeedKind.Snapshot) {
    // Other numbers, or changes that are too long ago: the server began anew.
    const from = epoch === asked.epoch && asked.cursor < FEED_BUCKETS ? asked.cursor : 0;
    takeSnapshot(table, from, cursor, readBuckets(bytes, count));
    return next;
  }
  if (epoch !== asked.epoch || asked.cursor !== FEED_BUCKETS)
    throw new TypeError("expected a part of a snapshot, found changes");
  if (kind === FeedKind.Delta)
    for (const { id, value } of readRecords(bytes, count))
      if (value) table.put(id, value);
      else table.delete(id);
  return next;
}

function takeSnapshot(table: FeedTable, from: number, to: number, buckets: Map<number, Buffer>) {
  if (to <= from || to > FEED_BUCKETS)
    throw new TypeError(`expected a part of a snapshot from ${from}, found one up to ${to}`);
  const none = Buffer.alloc(0);
  for (let bucket = from; bucket < to; bucket++)
    table.replaceBucket(bucket, buckets.get(bucket) ?? none);
}

function readBuckets(bytes: Buffer, count: number): Map<number, Buffer> {
  const buckets = new Map<number, Buffer>();
  let at = FEED_HEAD;
  for (let i = 0; i < count; i++) {
    const size = bytes.readUInt32LE(at + 4);
    buckets.set(bytes.readUInt16LE(at), within(bytes, at + 8, size));
    at += 8 + size;
  }
  return buckets;
}

function readRecords(bytes: Buffer, count: number): { id: Buffer; value: Buffer | null }[] {
  const records = [];
  let at = FEED_HEAD;
  for (let i = 0; i < count; i++) {
    const size = bytes.readUInt16LE(at + FEED_ID);
    const gone = size === FEED_GONE;
    const value = gone ? null : within(bytes, at + FEED_ID + 2, size);
    records.push({ id: bytes.subarray(at, at + FEED_ID), value });
    at += FEED_ID + 2 + (gone ? 0 : size);
  }
  return records;
}

function within(bytes: Buffer, at: number, size: number): Buffer {
  if (at + size > bytes.length)
    throw new TypeError(`expected ${at + size} bytes or more, found ${bytes.length}`);
  return bytes.subarray(at, at + size);
}
