/**
 * The feed's words: what an engine asks its agent for, and an agent its controller. Keys, subscriptions,
 * plans, consumers, revocations and secrets are records of one table of 65,536 buckets; a record's id
 * is a hash, so the table holds no key that could be used. Numbers are little-endian.
 */
import { hash } from "node:crypto";

export const FEED_BUCKETS = 65_536;
/** "SLF2": in the first form keys and subscriptions did not say the kind of what they open. */
const FEED_MAGIC = 0x32464c53;
export const FEED_HEAD = 32;
export const FEED_ID = 16;
/** In place of a record's size: the record is gone. */
export const FEED_GONE = 0xffff;
/** Between the fields of a record's value; no field may contain it. */
export const FEED_FIELD = "\u001f";

export enum FeedKind {
  /** Nothing new within the time that was asked for. */
  Nothing = 0,
  /** All records of the buckets from the asked cursor up to, not including, the answered one. */
  Snapshot = 1,
  /** Records that changed, each as it is now, in the order of their last change. */
  Delta = 2,
}

/** First letters of what an id is made of. */
const feedTables = {
  key: "k",
  subscription: "s",
  plan: "p",
  consumer: "c",
  credential: "b",
  revocation: "r",
  secret: "x",
} as const;
export type FeedTableName = keyof typeof feedTables;

/** An id as a text of its bytes: where a million are made, buffers for them would be most of the work. */
export const feedIdText = (table: FeedTableName, ...parts: string[]): string =>
  hash("sha256", feedTables[table] + parts.join("\n"), "binary").slice(0, FEED_ID);

export const feedId = (table: FeedTableName, ...parts: string[]): Buffer =>
  hash("sha256", feedTables[table] + parts.join("\n"), "buffer").subarray(0, FEED_ID);

/** What keys and subscriptions of an API stand under: two kinds may have the same name. */
export const feedScope = ({ kind, handle }: { kind: string; handle: string }): string =>
  `${kind}/${handle}`;

export const feedBucket = (id: Uint8Array): number => id[0]! | (id[1]! << 8);

export const sha256Hex = (text: string): string => hash("sha256", text);

/** A record as it lies in a bucket: id, size, value. */
export function feedRecord(id: Uint8Array, value: Uint8Array | null): Buffer {
  const size = value?.length ?? 0;
  if (size >= FEED_GONE) throw new RangeError(`a feed record may have 65,534 bytes, found ${size}`);
  const record = Buffer.alloc(FEED_ID + 2 + size);
  record.set(id, 0);
  record.writeUInt16LE(value ? size : FEED_GONE, FEED_ID);
  if (value) record.set(value, FEED_ID + 2);
  return record;
}

export interface FeedHead {
  kind: FeedKind;
  /** Another epoch means other numbers: everything is fetched anew. */
  epoch: bigint;
  /** What the asker has when it has taken this and, of a snapshot, all that follows. */
  revision: bigint;
  /** Next bucket of a snapshot, 65,536 after the last; 65,536 for the others. */
  cursor: number;
  count: number;
}

function head({ kind, epoch, revision, cursor, count }: FeedHead): Buffer {
  const out = Buffer.alloc(FEED_HEAD);
  out.writeUInt32LE(FEED_MAGIC, 0);
  out.writeUInt8(kind, 4);
  out.writeBigUInt64LE(epoch, 8);
  out.writeBigUInt64LE(revision, 16);
  out.writeUInt32LE(cursor, 24);
  out.writeUInt32LE(count, 28);
  return out;
}

/** `buckets`: number and records of those that are not empty, ascending. */
export function feedSnapshot(
  at: Pick<FeedHead, "epoch" | "revision" | "cursor">,
  buckets: [number, Uint8Array][],
): Buffer {
  const parts: Uint8Array[] = [head({ ...at, kind: FeedKind.Snapshot, count: buckets.length })];
  for (const [bucket, records] of buckets) {
    const label = Buffer.alloc(8);
    label.writeUInt16LE(bucket, 0);
    label.writeUInt32LE(records.length, 4);
    parts.push(label, records);
  }
  return Buffer.concat(parts);
}

/** `records`: made by `feedRecord`, with null values for those that are gone. */
export function feedDelta(at: Pick<FeedHead, "epoch" | "revision">, records: Uint8Array[]): Buffer {
  const kind = records.length > 0 ? FeedKind.Delta : FeedKind.Nothing;
  return Buffer.concat([
    head({ ...at, kind, cursor: FEED_BUCKETS, count: records.length }),
    ...records,
  ]);
}

export function readFeedHead(bytes: Buffer): FeedHead {
  if (bytes.length < FEED_HEAD || bytes.readUInt32LE(0) !== FEED_MAGIC)
    throw new TypeError(
      `expected a feed answer of this version, found ${bytes.length} other bytes`,
    );
  return {
    kind: bytes.readUInt8(4),
    epoch: bytes.readBigUInt64LE(8),
    revision: bytes.readBigUInt64LE(16),
    cursor: bytes.readUInt32LE(24),
    count: bytes.readUInt32LE(28),
  };
}
