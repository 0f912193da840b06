/** The agent's side of the feed, small: what it holds can be changed and cut into parts at will. */
import {
  FEED_BUCKETS,
  FEED_FIELD,
  feedBucket,
  feedDelta,
  feedId,
  feedRecord,
  feedSnapshot,
  type FeedTableName,
} from "../../host-sim/feed.ts";
import type { UpstreamBehaviour } from "../runners/upstream.ts";

export interface FeedSource {
  answer: UpstreamBehaviour;
  /** What was asked for, in order. */
  asked: { epoch: number; revision: number; cursor: number }[];
  /** How many polls are held now, and at most. */
  held: number;
  mostHeld: number;
  /** Answers nothing while it is true. */
  silent: boolean;
  partBuckets: number;
  put(table: FeedTableName, parts: readonly string[], value: readonly string[] | string): void;
  remove(table: FeedTableName, ...parts: string[]): void;
  /** As after a loss of everything: another epoch. */
  renumber(): void;
  close(): void;
}

export function feedSource(): FeedSource {
  const records = new Map<string, { id: Buffer; value: Buffer | null; at: number }>();
  let epoch = 7n;
  let revision = 0;
  let open = true;
  let wake: (() => void)[] = [];
  const change = (id: Buffer, value: Buffer | null) => {
    records.set(id.toString("hex"), { id, value, at: ++revision });
    for (const one of wake.splice(0)) one();
  };
  const source: FeedSource = {
    asked: [],
    held: 0,
    mostHeld: 0,
    silent: false,
    partBuckets: FEED_BUCKETS,
    put: (table, parts, value) =>
      change(
        feedId(table, ...parts),
        Buffer.from(typeof value === "string" ? value : value.join(FEED_FIELD)),
      ),
    remove: (table, ...parts) => change(feedId(table, ...parts), null),
    renumber: () => void (epoch += 1n),
    close: () => {
      open = false;
      for (const one of wake.splice(0)) one();
    },
    answer: async ({ path }) => {
      const query = new URL(path, "http://feed").searchParams;
      const number = (name: string) => Number(query.get(name));
      source.asked.push({
        epoch: number("epoch"),
        revision: number("revision"),
        cursor: number("cursor"),
      });
      while (open && source.silent) await new Promise((resolve) => setTimeout(resolve, 10));
      const known = BigInt(number("epoch")) === epoch;
      const cursor = known ? number("cursor") : 0;
      if (known && cursor === FEED_BUCKETS && number("revision") === revision && open) {
        source.mostHeld = Math.max(source.mostHeld, ++source.held);
        await new Promise<void>((resolve) => wake.push(resolve));
        source.held--;
      }
      const all = [...records.values()];
      if (known && BigInt(number("epoch")) === epoch && cursor === FEED_BUCKETS) {
        const newer = all.filter(({ at }) => at > number("revision")).sort((a, b) => a.at - b.at);
        const at = { epoch, revision: BigInt(revision) };
        return {
          body: feedDelta(
            at,
            newer.map(({ id, value }) => feedRecord(id, value)),
          ),
        };
      }
      const from = cursor === FEED_BUCKETS ? 0 : cursor;
      const next = Math.min(from + source.partBuckets, FEED_BUCKETS);
      const buckets = new Map<number, Buffer[]>();
      for (const { id, value } of all) {
        const bucket = feedBucket(id);
        if (value && bucket >= from && bucket < next)
          buckets.set(bucket, [...(buckets.get(bucket) ?? []), feedRecord(id, value)]);
      }
      const started = from === 0 ? revision : number("revision");
      return {
        body: feedSnapshot(
          { epoch, revision: BigInt(started), cursor: next },
          [...buckets]
            .sort(([a], [b]) => a - b)
            .map(([bucket, parts]) => [bucket, Buffer.concat(parts)]),
        ),
      };
    },
  };
  return source;
}
