/**
 * The feed's records in memory: 65,536 buckets, each one buffer in which records lie as they go over the wire. A map of a
 * million strings would take four times as much.
 */
import { FEED_BUCKETS, FEED_ID, feedBucket, feedRecord } from "../../host-sim/feed.ts";

/** Id and size in front of each value. */
export const recordHead = FEED_ID + 2;
const none = Buffer.alloc(0);

export class Buckets {
  private readonly bytes = new Array<Buffer>(FEED_BUCKETS).fill(none);
  private readonly used = new Uint32Array(FEED_BUCKETS);
  /** How many records there are. */
  count = 0;

  /** Buckets that lie one after the other in `bytes`, each as long as `sizes` says. Of an id's records the last counts. */
  static lying(bytes: Buffer, sizes: Uint32Array, count: number): Buckets {
    const buckets = new Buckets();
    for (let bucket = 0, at = 0; bucket < FEED_BUCKETS; at += sizes[bucket++]!)
      if (sizes[bucket]! > 0) buckets.bytes[bucket] = bytes.subarray(at, at + sizes[bucket]!);
    buckets.used.set(sizes);
    buckets.count = count;
    for (let bucket = 0; bucket < FEED_BUCKETS; bucket++)
      if (buckets.hasTwice(bucket)) buckets.putAgain(bucket);
    return buckets;
  }

  /** All of a bucket's records. The bytes change with the next write: copy what is to stay. */
  in(bucket: number): Buffer {
    return this.bytes[bucket]!.subarray(0, this.used[bucket]);
  }

  get(id: Buffer): Buffer | null {
    const bucket = feedBucket(id);
    const at = this.find(bucket, id);
    if (at < 0) return null;
    const bytes = this.bytes[bucket]!;
    return bytes.subarray(at + recordHead, at + sizeAt(bytes, at));
  }

  /** False when the record was there already, byte for byte. */
  put(id: Buffer, value: Uint8Array): boolean {
    const bucket = feedBucket(id);
    const record = feedRecord(id, value);
    const at = this.find(bucket, id);
    if (at >= 0) {
      const bytes = this.bytes[bucket]!;
      const size = sizeAt(bytes, at);
      if (bytes.compare(record, 0, record.length, at, at + size) === 0) return false;
      if (size === record.length) {
        record.copy(bytes, at);
        return true;
      }
      this.cut(bucket, at);
    }
    this.append(bucket, record);
    return true;
  }

  /** False when there was none. */
  delete(id: Buffer): boolean {
    const bucket = feedBucket(id);
    const at = this.find(bucket, id);
    if (at < 0) return false;
    this.cut(bucket, at);
    return true;
  }

  private find(bucket: number, id: Buffer): number {
    const bytes = this.bytes[bucket]!;
    const end = this.used[bucket]!;
    const word = id.readUInt32LE(4);
    for (let at = 0; at < end; at += sizeAt(bytes, at))
      if (
        bytes.readUInt32LE(at + 4) === word &&
        bytes.compare(id, 0, FEED_ID, at, at + FEED_ID) === 0
      )
        return at;
    return -1;
  }

  private hasTwice(bucket: number): boolean {
    const bytes = this.bytes[bucket]!;
    const end = this.used[bucket]!;
    for (let at = 0; at < end; at += sizeAt(bytes, at)) {
      const word = bytes.readUInt32LE(at + 4);
      for (let before = 0; before < at; before += sizeAt(bytes, before))
        if (
          bytes.readUInt32LE(before + 4) === word &&
          bytes.compare(bytes, at, at + FEED_ID, before, before + FEED_ID) === 0
        )
          return true;
    }
    return false;
  }

  private putAgain(bucket: number): void {
    const records = [...recordsIn(this.in(bucket))];
    this.bytes[bucket] = none;
    this.used[bucket] = 0;
    this.count -= records.length;
    for (const { id, value } of records) this.put(id, value);
  }

  private append(bucket: number, record: Buffer): void {
    const end = this.used[bucket]!;
    const needed = end + record.length;
    if (needed > this.bytes[bucket]!.length) {
      // Not from Node's pool, of which a small piece would keep a whole page; in steps, because making one is slow.
      const grown = Buffer.allocUnsafeSlow(Math.ceil((needed * 1.125) / 256) * 256);
      this.bytes[bucket]!.copy(grown, 0, 0, end);
      this.bytes[bucket] = grown;
    }
    record.copy(this.bytes[bucket]!, end);
    this.used[bucket] = needed;
    this.count++;
  }

  private cut(bucket: number, at: number): void {
    const bytes = this.bytes[bucket]!;
    const end = this.used[bucket]!;
    const size = sizeAt(bytes, at);
    bytes.copyWithin(at, at + size, end);
    bytes.fill(0, end - size, end);
    this.used[bucket] = end - size;
    this.count--;
    if (this.used[bucket] === 0) this.bytes[bucket] = none;
  }
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
