/**
 * Where the feed is plugged in. Only modules whose policies look things up in it, or that serve chains
 * with secrets, carry it: their entry calls `enableFeed` and declares `FEED`, without which the compiler
 * leaves out what stands under `isDefined(FEED)`.
 */

/** Often enough to renew the lease several times before it ends. */
export const FEED_TICK_MS: i32 = 200;

/** Given the root context that runs and the time. */
type Tick = (root: u32, now: i64) => void;
/** True if the answer to this call was the feed's. */
type Taker = (token: u32, failed: bool, size: i32) => bool;
type Forgetter = (root: u32) => void;
/** The chain's text with its secrets in it; null if one is missing. */
type Filler = (text: Uint8Array) => Uint8Array | null;
/** Of what the last filled text was made, 0 if of no secret. */
type Stamp = () => usize;
type StampCopier = (stamp: usize) => usize;
/** True once everything is here that was there when this Envoy started. */
type Readiness = () => bool;

function noTick(root: u32, now: i64): void {}
function takeNothing(token: u32, failed: bool, size: i32): bool {
  return false;
}
function forgetNothing(root: u32): void {}
function asItIs(text: Uint8Array): Uint8Array | null {
  return text;
}
function noStamp(): usize {
  return 0;
}
function copyNoStamp(stamp: usize): usize {
  return 0;
}
function always(): bool {
  return true;
}

export let tickFeed: Tick = noTick;
export let takeFeedAnswer: Taker = takeNothing;
export let forgetFeedRoot: Forgetter = forgetNothing;
export let fillSecrets: Filler = asItIs;
export let secretsStamp: Stamp = noStamp;
export let copyStamp: StampCopier = copyNoStamp;
export let feedReady: Readiness = always;

export function setFeed(tick: Tick, taker: Taker, forgetter: Forgetter): void {
  tickFeed = tick;
  takeFeedAnswer = taker;
  forgetFeedRoot = forgetter;
}

export function setSecrets(
  filler: Filler,
  stamp: Stamp,
  copier: StampCopier,
  readiness: Readiness,
): void {
  fillSecrets = filler;
  secretsStamp = stamp;
  copyStamp = copier;
  feedReady = readiness;
}
