/**
 * Brings the feed from the agent beside this Envoy: a long poll that is asked again as soon as it is
 * answered, by whoever holds the lease.
 */
import { BufferType, LogLevel, MapType } from "../../abi";
import { Call } from "../../call";
import { Headers } from "../../headers";
import { HeaderMap } from "../../hostcalls/headers";
import { bufferBytes } from "../../hostcalls/body";
import { nowMilliseconds } from "../../hostcalls/clock";
import { log } from "../../hostcalls/log";
import { refuel } from "../fuel";
import { Applied, applyAnswer } from "./apply";
import { FEED_TICK_MS } from "./hook";
import { dropStaleChains } from "./stale";
import { complete, cursor, epoch, holdLease, readStatus, revision, stepBack } from "./status";

const WAIT_MS: i64 = 10000;
const TIMEOUT_MS: i64 = 20000;
const SHORTEST_PAUSE_MS: i64 = 100;
const LONGEST_PAUSE_MS: i64 = 1000;
/** Room and fuel for an answer of the largest size, whose records are copied into their buckets. */
const WORK_BYTES: i32 = 16 << 20;

const answerHeaders: Headers = new Headers(new HeaderMap(MapType.CallResponseHeaders));

let nextLook: i64 = 0;
/** The call that is out, and the root context that made it, which alone is told its answer. */
let asked: bool = false;
let token: u32 = 0;
let asker: u32 = 0;
let deadline: i64 = 0;
/** What was asked after: an answer to anything else is stale. */
let askedEpoch: u64 = 0;
let askedRevision: u64 = 0;
let askedCursor: u32 = 0;
let retryAt: i64 = 0;
let pauseMs: i64 = SHORTEST_PAUSE_MS;

/** Inside a callback of `root`. */
export function tickFeed(root: u32, now: i64): void {
  if (now < nextLook) return;
  nextLook = now + FEED_TICK_MS - 20;
  readStatus();
  dropStaleChains(revision);
  if (!holdLease(now)) return;
  if (asked && now < deadline) return;
  if (now >= retryAt) ask(root, now);
}

function ask(root: u32, now: i64): void {
  const path =
    "/feed?epoch=" +
    epoch.toString() +
    "&revision=" +
    revision.toString() +
    "&cursor=" +
    cursor.toString() +
    "&wait=" +
    WAIT_MS.toString();
  const sent = new Call("sluice.agent", "GET", path).timeout(<u32>TIMEOUT_MS).dispatch();
  asked = sent >= 0;
  if (!asked) return retry(now);
  token = <u32>sent;
  asker = root;
  deadline = now + TIMEOUT_MS + 1000;
  askedEpoch = epoch;
  askedRevision = revision;
  askedCursor = cursor;
}

function retry(now: i64): void {
  retryAt = now + pauseMs;
  pauseMs = min(pauseMs << 1, LONGEST_PAUSE_MS);
}

/** Inside a callback of the root context that asked. */
export function takeAnswer(answered: u32, failed: bool, size: i32): bool {
  if (!asked || answered != token) return false;
  asked = false;
  const now = nowMilliseconds();
  if (!holdLease(now)) return true;
  readStatus();
  // Somebody else brought more meanwhile: this answer may be older than what is here.
  const current = epoch == askedEpoch && revision == askedRevision && cursor == askedCursor;
  if (current) {
    if (failed || !take(size)) {
      retry(now);
      return true;
    }
    pauseMs = SHORTEST_PAUSE_MS;
  }
  dropStaleChains(revision);
  ask(asker, now);
  return true;
}

function take(size: i32): bool {
  const status = answerHeaders.get(":status");
  if (status === null || status != "200") {
    log(LogLevel.Warn, "feed: the agent answered " + (status === null ? "nothing" : status));
    return false;
  }
  refuel(WORK_BYTES);
  const had = complete;
  const applied = applyAnswer(bufferBytes(BufferType.CallResponseBody));
  if (applied == Applied.Wrong) {
    log(LogLevel.Error, "feed: the agent's answer cannot be read");
    return false;
  }
  if (applied == Applied.Torn) {
    log(LogLevel.Info, "feed: another worker brought it too; what came comes again");
    stepBack(askedEpoch, askedRevision, askedCursor);
  }
  if (complete && !had) log(LogLevel.Info, "feed: complete");
  return true;
}

/** The root context ends, and with it the answers to its calls. */
export function forgetRoot(root: u32): void {
  if (asker == root) asked = false;
}
