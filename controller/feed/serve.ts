/** Answers of a feed server, from a table: parts of a snapshot, changes, or after a while that there are none. */
import {
  FEED_BUCKETS,
  feedDelta,
  feedRecord,
  feedSnapshot,
  type FeedHead,
} from "../../host-sim/feed/words.ts";
import type { FeedTable } from "./table.ts";

export interface FeedQuery {
  epoch: bigint;
  revision: bigint;
  /** Next bucket of a snapshot; 65,536 for changes. */
  cursor: number;
  /** How long to hold the answer while there is nothing new. */
  waitMs: number;
}

/** The server cannot answer now; asking again later may help. */
export class FeedBusy extends Error {}

export type AskFeed = (query: FeedQuery, signal?: AbortSignal) => Promise<Buffer>;

const partBytes = 1_048_576;
const longestWaitMs = 25_000;
/** Each is a connection that is held; whoever comes after them asks again. */
const mostWaiters = 1_024;

export function serveFeed(table: FeedTable, most = mostWaiters): AskFeed {
  let waiters = 0;
  const wait = async (ms: number, signal?: AbortSignal) => {
    if (waiters >= most) throw new FeedBusy(`${most} are waiting already`);
    waiters++;
    await table.changed(ms, signal).finally(() => waiters--);
  };
  return async (query, signal) => {
    const deadline = performance.now() + Math.min(query.waitMs, longestWaitMs);
    for (;;) {
      const answer = table.isWhole ? answerNow(table, query) : null;
      if (answer) return answer;
      const left = deadline - performance.now();
      if (left > 0 && !signal?.aborted) await wait(left, signal);
      else if (table.isWhole) return nothing(table);
      else throw new FeedBusy("the feed is not loaded yet");
    }
  };
}

const nothing = (table: FeedTable): Buffer =>
  feedDelta({ epoch: table.epoch, revision: BigInt(table.revision) }, []);

/** Null when there is nothing newer. */
function answerNow(table: FeedTable, { epoch, revision, cursor }: FeedQuery): Buffer | null {
  if (epoch !== table.epoch) return snapshotPart(table, 0, BigInt(table.revision));
  if (cursor < FEED_BUCKETS)
    return snapshotPart(table, cursor, cursor === 0 ? BigInt(table.revision) : revision);
  const changes = table.changesAfter(Number(revision));
  if (changes === null) return snapshotPart(table, 0, BigInt(table.revision));
  if (changes.length === 0) return null;
  const records: Buffer[] = [];
  let bytes = 0;
  let last = 0;
  for (const { id, revision } of changes) {
    const record = feedRecord(id, table.get(id));
    if (bytes > 0 && bytes + record.length > partBytes) break;
    records.push(record);
    bytes += record.length;
    last = revision;
  }
  return feedDelta({ epoch: table.epoch, revision: BigInt(last) }, records);
}

function snapshotPart(table: FeedTable, from: number, revision: bigint): Buffer {
  const buckets: [number, Buffer][] = [];
  let cursor = from;
  for (let bytes = 0; cursor < FEED_BUCKETS; cursor++) {
    const records = table.bucket(cursor);
    if (bytes > 0 && bytes + records.length > partBytes) break;
    bytes += records.length;
    if (records.length > 0) buckets.push([cursor, records]);
  }
  const at: Pick<FeedHead, "epoch" | "revision" | "cursor"> = {
    ...{ epoch: table.epoch, revision, cursor },
  };
  return feedSnapshot(at, buckets);
}
