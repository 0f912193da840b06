/**
 * The feed's records in memory: 65,536 buckets in which records lie as they go over the wire. A map of a million strings
 * would take four times as much, and a buffer for each bucket twice.
 */
import { FEED_BUCKETS, FEED_ID, feedBucket, feedRecord } from "../../host-sim/feed/words.ts";
import { Rooms } from "./rooms.ts";

/** Id and size in front of each value. */
export const recordHead = FEED_ID + 2;

export class Buckets {
  private constructor(
    private readonly rooms: Rooms,
    /** How many records there are. */
    public count: number,
  ) {}

  static empty(): Buckets {
    return new Buckets(new Rooms(FEED_BUCKETS), 0);
  }

  /** Buckets that lie one after the other in `bytes`, each as long as `sizes` says. Of an id's records the last counts. */
  static lying(bytes: Buffer, sizes: Uint32Array, count: number): Buckets {
    const buckets = new Buckets(Rooms.lying(bytes, sizes), count);
    for (let bucket = 0; bucket < FEED_BUCKETS; bucket++)
      if (hasTwice(buckets.in(bucket))) buckets.putAgain(bucket);
    return buckets;
  }

  /** All of a bucket's records. The bytes change with the next write: copy what is to stay. */
  in(bucket: number): Buffer {
    return this.rooms.in(bucket);
  }

  /** Fills a bucket that is empty, with records that have an id each. */
  fill(bucket: number, records: Buffer): void {
    this.rooms.resize(bucket, records.length);
    records.copy(this.in(bucket));
    for (let at = 0; at < records.length; at += sizeAt(records, at)) this.count++;
  }

  get(id: Buffer): Buffer | null {
    const bytes = this.in(feedBucket(id));
    const at = find(bytes, id);
    return at < 0 ? null : bytes.subarray(at + recordHead, at + sizeAt(bytes, at));
  }

  /** False when the record was there already, byte for byte. */
  put(id: Buffer, value: Uint8Array): boolean {
    const bucket = feedBucket(id);
    const record = feedRecord(id, value);
    const bytes = this.in(bucket);
    const at = find(bytes, id);
    if (at >= 0) {
      const size = sizeAt(bytes, at);
      if (bytes.compare(record, 0, record.length, at, at + size) === 0) return false;
      if (size === record.length) {
        record.copy(bytes, at);
        return true;
      }
      this.cut(bucket, at);
    }
    const end = this.in(bucket).length;
    this.rooms.resize(bucket, end + record.length);
    record.copy(this.in(bucket), end);
    this.count++;
    return true;
  }

  /** False when there was none. */
  delete(id: Buffer): boolean {
    const bucket = feedBucket(id);
    const at = find(this.in(bucket), id);
    if (at < 0) return false;
    this.cut(bucket, at);
    return true;
  }

  private putAgain(bucket: number): void {
    const records = [...recordsIn(Buffer.from(this.in(bucket)))];
    this.rooms.resize(bucket, 0);
    this.count -= records.length;
    for (const { id, value } of records) this.put(id, value);
  }

  private cut(bucket: number, at: number): void {
    const bytes = this.in(bucket);
    const size = sizeAt(bytes, at);
    bytes.copyWithin(at, at + size);
    // A secret is gone when its record is.
    bytes.fill(0, bytes.length - size);
    this.rooms.resize(bucket, bytes.length - size);
    this.count--;
  }
}

/** Where a record begins; -1 if it is not there. */
function find(bytes: Buffer, id: Buffer): number {
  const word = id.readUInt32LE(4);
  for (let at = 0; at < bytes.length; at += sizeAt(bytes, at))
    if (
      bytes.readUInt32LE(at + 4) === word &&
      bytes.compare(id, 0, FEED_ID, at, at + FEED_ID) === 0
    )
      return at;
  return -1;
}

/** Whether records have an id in common. */
export function hasTwice(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += sizeAt(bytes, at))
    if (find(bytes, bytes.subarray(at, at + FEED_ID)) < at) return true;
  return false;
}

/** The id and the value of each record; both are views of `bytes`. */
export function* recordsIn(bytes: Buffer): Generator<{ id: Buffer; value: Buffer }> {
  for (let at = 0; at < bytes.length; at += sizeAt(bytes, at))
    yield {
      id: bytes.subarray(at, at + FEED_ID),
      value: bytes.subarray(at + recordHead, at + sizeAt(bytes, at)),
    };
}

export const sizeAt = (bytes: Buffer, at: number): number =>
  recordHead + bytes.readUInt16LE(at + FEED_ID);
