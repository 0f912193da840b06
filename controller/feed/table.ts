/**
 * What a feed server serves: records with a revision that counts up with each change, and the ids that changed last. The
 * controller fills one from its store, an agent from its controller. A table's numbers mean nothing to another table: the
 * epoch tells them apart.
 */
import { randomBytes } from "node:crypto";
import { FEED_ID } from "../../host-sim/feed/words.ts";
import { Buckets, hasTwice, recordsIn } from "./buckets.ts";

/** Whoever is further behind gets a snapshot: 2 MiB of ids. */
const rememberedChanges = 131_072;

export class FeedTable {
  /** Never the same twice, also after a restart. 48 bits, so that a decimal number of it is exact everywhere. */
  readonly epoch = BigInt(randomBytes(6).readUIntBE(0, 6) + 1);
  private buckets = Buckets.empty();
  private readonly recent: Buffer;
  private readonly waiting = new Set<() => void>();
  private last = 0;
  private whole = false;
  private waking = false;

  constructor(private readonly remembered = rememberedChanges) {
    this.recent = Buffer.alloc(remembered * FEED_ID);
  }

  /** Number of the last change. */
  get revision(): number {
    return this.last;
  }

  /** How many records there are. */
  get count(): number {
    return this.buckets.count;
  }

  /** Whether everything that should be in it is: before, a key that is not found may be a good one. */
  get isWhole(): boolean {
    return this.whole;
  }

  /** How many wait for a change now. */
  get waiters(): number {
    return this.waiting.size;
  }

  markWhole(): void {
    this.whole = true;
    this.wake();
  }

  /** Takes over everything at once, before anybody was answered. */
  fill(buckets: Buckets): void {
    this.buckets = buckets;
    this.last = 1;
  }

  /** A view, good until the next write. */
  get(id: Buffer): Buffer | null {
    return this.buckets.get(id);
  }

  /** All records of a bucket; a view, good until the next write. */
  bucket(bucket: number): Buffer {
    return this.buckets.in(bucket);
  }

  /** Writing what is there already changes nothing. */
  put(id: Buffer, value: Uint8Array): void {
    if (this.buckets.put(id, value)) this.note(id);
  }

  delete(id: Buffer): void {
    if (this.buckets.delete(id)) this.note(id);
  }

  /** Makes a bucket hold exactly these records. */
  replaceBucket(bucket: number, records: Buffer): void {
    const held = this.bucket(bucket);
    if (records.equals(held)) return;
    if (held.length === 0 && !hasTwice(records)) {
      this.buckets.fill(bucket, records);
      for (const { id } of recordsIn(records)) this.note(id);
      return;
    }
    const wanted = new Set<string>();
    for (const { id, value } of recordsIn(records)) {
      wanted.add(id.toString("latin1"));
      this.put(id, value);
    }
    const all = [...recordsIn(Buffer.from(this.bucket(bucket)))];
    for (const { id } of all) if (!wanted.has(id.toString("latin1"))) this.delete(id);
  }

  /**
   * Ids that changed after a revision with the revision of their last change, ascending; null when that is too long ago or
   * has not been yet.
   */
  changesAfter(revision: number): { id: Buffer; revision: number }[] | null {
    if (revision > this.last || revision < this.last - this.remembered) return null;
    const seen = new Set<string>();
    const changes: { id: Buffer; revision: number }[] = [];
    for (let at = this.last; at > revision; at--) {
      const place = (at % this.remembered) * FEED_ID;
      const id = this.recent.subarray(place, place + FEED_ID);
      const key = id.toString("latin1");
      if (!seen.has(key)) changes.push({ id, revision: at });
      seen.add(key);
    }
    return changes.reverse();
  }

  /** Settles at the next change, when the time is over, or when the signal says so. */
  changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiting.add(done);
      if (signal?.aborted) done();
      else signal?.addEventListener("abort", done);
    });
  }

  private note(id: Buffer): void {
    this.last++;
    id.copy(this.recent, (this.last % this.remembered) * FEED_ID);
    this.wake();
  }

  /** After everything that the present work changes, so that many changes make one answer. */
  private wake(): void {
    if (this.waking || this.waiting.size === 0) return;
    this.waking = true;
    setImmediate(() => {
      this.waking = false;
      for (const done of [...this.waiting]) done();
    });
  }
}
