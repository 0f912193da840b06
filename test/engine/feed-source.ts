/** The agent's side of the feed, small: what it holds can be changed and cut into parts at will. */
import { FEED_BUCKETS, type FeedTableName } from "../../host-sim/feed/words.ts";
import { FeedRecords } from "../../host-sim/feed/records.ts";
import type { Upstream } from "../../host-sim/http/upstream.ts";

export interface FeedSource {
  answer: Upstream;
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
  const records = new FeedRecords(7n, 0);
  let open = true;
  let wake: (() => void)[] = [];
  const change: FeedRecords["set"] = (table, parts, value) => {
    records.set(table, parts, value);
    for (const one of wake.splice(0)) one();
  };
  const source: FeedSource = {
    asked: [],
    held: 0,
    mostHeld: 0,
    silent: false,
    partBuckets: FEED_BUCKETS,
    put: change,
    remove: (table, ...parts) => change(table, parts, undefined),
    renumber: () => void (records.epoch += 1n),
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
      const known = () => BigInt(number("epoch")) === records.epoch;
      const cursor = known() ? number("cursor") : 0;
      const revision = number("revision");
      const whole = known() && cursor === FEED_BUCKETS;
      if (whole && revision === records.revision && open) {
        source.mostHeld = Math.max(source.mostHeld, ++source.held);
        await new Promise<void>((resolve) => wake.push(resolve));
        source.held--;
      }
      if (whole && known()) return { body: records.delta(revision) };
      const from = cursor === FEED_BUCKETS ? 0 : cursor;
      const next = Math.min(from + source.partBuckets, FEED_BUCKETS);
      return { body: records.snapshot(from, next, from === 0 ? records.revision : revision) };
    },
  };
  return source;
}
