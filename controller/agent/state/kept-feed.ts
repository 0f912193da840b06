/**
 * The feed on disk: a snapshot, then the answers that came after it, as they came. The first record says where the snapshot
 * was, each answer's record where the follower is after it.
 */
import type { Log } from "../../log.ts";
import { FEED_BUCKETS, feedSnapshot } from "../../../host-sim/feed/words.ts";
import { reason } from "../../errors.ts";
import type { AskFeed } from "../../feed/serve.ts";
import type { FeedTable } from "../../feed/table.ts";
import { feedStart, takeAnswer, type FeedPosition } from "../../feed/take.ts";
import type { Journal } from "./journal.ts";

export class KeptFeed {
  /** What the answer under way brings; it is kept when it was taken. */
  private answer: Buffer | null = null;
  private last: FeedPosition = feedStart;
  private following = false;
  private work: Promise<void> = Promise.resolve();
  private problem: string | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly table: FeedTable,
    private readonly log: Log,
  ) {}

  /** Fills the table. Null when nothing is kept; throws when what is kept is damaged, and the table is not whole then. */
  async restore(): Promise<FeedPosition | null> {
    let position: FeedPosition | null = null;
    let part = feedStart;
    for await (const record of this.journal.records()) {
      if (!position) position = readPosition(record);
      else if (part.cursor < FEED_BUCKETS) part = takeAnswer(this.table, part, record);
      else {
        takeAnswer(this.table, position, record.subarray(positionBytes));
        position = readPosition(record);
      }
    }
    if (!position) return null;
    if (part.cursor < FEED_BUCKETS) throw new Error("the kept feed has no whole snapshot");
    this.table.markWhole();
    this.last = position;
    return position;
  }

  /** A question whose answers are remembered until they were taken. */
  remembering(ask: AskFeed): AskFeed {
    return async (query, signal) => (this.answer = await ask(query, signal));
  }

  /** An answer was taken: keeps it, or after the last part of a snapshot everything. */
  took(position: FeedPosition): void {
    const before = this.last;
    const answer = this.answer;
    this.last = position;
    this.answer = null;
    if (position.cursor < FEED_BUCKETS || !answer) return;
    const isChange = before.cursor === FEED_BUCKETS && before.epoch === position.epoch;
    this.work = this.work.then(async () => {
      try {
        if (isChange && this.following && !this.journal.isLong)
          await this.journal.append(Buffer.concat([writePosition(position), answer]));
        else await this.journal.replace(1 + keptParts, whole(this.table, position));
        this.following = true;
        if (this.problem !== null) this.log("the feed is kept again", "info");
        this.problem = null;
      } catch (error) {
        this.following = false;
        if (this.problem === null) this.log(`the feed cannot be kept: ${reason(error)}`);
        this.problem = reason(error);
      }
    });
  }

  /** Settles when the records with these ids are on the disk, or were tried; with false when they do not come in time. */
  async holds(ids: readonly Buffer[], patienceMs: number, signal?: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + patienceMs;
    // Of a snapshot nothing is kept before its last part.
    while (this.last.cursor < FEED_BUCKETS || ids.some((id) => this.table.get(id) === null)) {
      const left = deadline - performance.now();
      if (left <= 0 || signal?.aborted) return false;
      await this.table.changed(left, signal);
    }
    await this.settled();
    return true;
  }

  /** Settles when all that was taken is on the disk, or was tried. */
  settled(): Promise<void> {
    return this.work;
  }
}

/** Made one by one, since all of them are as large as the table. */
const keptParts = 64;

function* whole(table: FeedTable, position: FeedPosition): Generator<Buffer> {
  yield writePosition(position);
  const step = FEED_BUCKETS / keptParts;
  for (let from = 0; from < FEED_BUCKETS; from += step) {
    const buckets = Array.from({ length: step }, (_, i): [number, Buffer] => [
      from + i,
      table.bucket(from + i),
    ]);
    const filled = buckets.filter(([, records]) => records.length > 0);
    yield feedSnapshot({ epoch: table.epoch, revision: 0n, cursor: from + step }, filled);
  }
}

const positionBytes = 20;

function writePosition({ epoch, revision, cursor }: FeedPosition): Buffer {
  const bytes = Buffer.alloc(positionBytes);
  bytes.writeBigUInt64LE(epoch, 0);
  bytes.writeBigUInt64LE(revision, 8);
  bytes.writeUInt32LE(cursor, 16);
  return bytes;
}

const readPosition = (bytes: Buffer): FeedPosition => ({
  epoch: bytes.readBigUInt64LE(0),
  revision: bytes.readBigUInt64LE(8),
  cursor: bytes.readUInt32LE(16),
});
