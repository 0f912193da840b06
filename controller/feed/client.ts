/**
 * Follows a feed server into a table, for as long as it is told. A server that fails is asked again after a growing while,
 * the next one in the list first; what the table holds stays until somebody says otherwise.
 */
import type { Log } from "../log.ts";
import { FEED_BUCKETS } from "../../host-sim/feed/words.ts";
import { reason } from "../errors.ts";
import type { AskFeed } from "./serve.ts";
import type { FeedTable } from "./table.ts";
import { feedStart, takeAnswer, type FeedPosition } from "./take.ts";

export interface FollowOptions {
  table: FeedTable;
  /** Servers that have the same; the first is asked until it fails. */
  servers: readonly AskFeed[];
  /** Where the table is already, when it was restored. */
  from?: FeedPosition;
  /** After each answer that brought something. Between the parts of a snapshot the position is not one to keep. */
  took?: (position: FeedPosition) => void;
  waitMs?: number;
  log?: Log;
}

export interface Following {
  /** What will be asked for next. */
  position(): FeedPosition;
  /** Why the last question was not answered; null when it was. */
  problem(): string | null;
  close(): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

export function followFeed(options: FollowOptions): Following {
  const { table, servers, took, waitMs = 20_000, log = () => {} } = options;
  const closing = new AbortController();
  let position = options.from ?? feedStart;
  let problem: string | null = null;
  let failures = 0;
  let server = 0;

  const ask = async () => {
    const asked = position;
    const began = performance.now();
    const bytes = await servers[server % servers.length]!({ ...asked, waitMs }, closing.signal);
    if (closing.signal.aborted) return;
    position = takeAnswer(table, asked, bytes);
    if (position.cursor === FEED_BUCKETS && !table.isWhole) table.markWhole();
    const isNew =
      position.epoch !== asked.epoch ||
      position.revision !== asked.revision ||
      position.cursor !== asked.cursor;
    if (isNew) took?.(position);
    // A server that does not hold its answers is not asked in a loop without rest.
    else if (performance.now() - began < firstPauseMs) await pause(firstPauseMs, closing.signal);
  };
  const run = async () => {
    while (!closing.signal.aborted)
      try {
        await ask();
        if (problem !== null) log("the feed is followed again", "info");
        [problem, failures] = [null, 0];
      } catch (error) {
        if (closing.signal.aborted) return;
        if (problem === null) log(`the feed cannot be followed: ${reason(error)}`);
        problem = reason(error);
        server++;
        await pause(pauseMs(failures++), closing.signal);
      }
  };
  const running = run();
  return {
    position: () => position,
    problem: () => problem,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** Half of it by chance, so that a fleet does not come back in one moment. */
const pauseMs = (failures: number): number =>
  Math.min(firstPauseMs * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2);

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
