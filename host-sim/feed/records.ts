/** The records of a feed with the revision at which each changed, and the two answers that are made of them. */
import {
  FEED_BUCKETS,
  FEED_FIELD,
  feedBucket,
  feedDelta,
  feedId,
  feedRecord,
  feedSnapshot,
  type FeedTableName,
} from "./words.ts";

interface FeedChange {
  id: Buffer;
  /** Null if it is gone. */
  value: Buffer | null;
  at: number;
}

export class FeedRecords {
  readonly #records = new Map<string, FeedChange>();

  /** Another epoch's numbers mean something else. */
  constructor(
    public epoch: bigint,
    public revision: number,
  ) {}

  /** A list is joined to one text; undefined takes the record away. */
  set(
    table: FeedTableName,
    parts: readonly string[],
    value: readonly string[] | string | undefined,
  ): void {
    const id = feedId(table, ...parts);
    const text = typeof value === "object" ? value.join(FEED_FIELD) : value;
    this.#records.set(id.toString("hex"), {
      id,
      value: text === undefined ? null : Buffer.from(text),
      at: ++this.revision,
    });
  }

  /** What changed since then, in order. */
  delta(since: number): Buffer {
    const newer = [...this.#records.values()]
      .filter(({ at }) => at > since)
      .sort((a, b) => a.at - b.at);
    return feedDelta(
      { epoch: this.epoch, revision: BigInt(this.revision) },
      newer.map(({ id, value }) => feedRecord(id, value)),
    );
  }

  /** The buckets from `from` on and before `next`, as a part of the snapshot of that revision. */
  snapshot(from = 0, next = FEED_BUCKETS, revision = this.revision): Buffer {
    const buckets = new Map<number, Buffer[]>();
    for (const { id, value } of this.#records.values()) {
      const bucket = feedBucket(id);
      if (value && bucket >= from && bucket < next)
        buckets.set(bucket, [...(buckets.get(bucket) ?? []), feedRecord(id, value)]);
    }
    return feedSnapshot(
      { epoch: this.epoch, revision: BigInt(revision), cursor: next },
      [...buckets]
        .sort(([a], [b]) => a - b)
        .map(([bucket, parts]) => [bucket, Buffer.concat(parts)]),
    );
  }
}
