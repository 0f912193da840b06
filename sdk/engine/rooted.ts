/**
 * What runs outside of any request: a policy's set-up, the answers to its own calls, ticks. Each runs
 * in memory of its own; a fault there is logged and costs no request.
 */
import { proxy_set_effective_context, proxy_set_tick_period_milliseconds } from "../env";
import { nowMilliseconds } from "../hostcalls/clock";
import { Chain } from "./chain";
import { cacheSize, cachedChain, letGo } from "./chains";
import { takeFeedAnswer, tickFeed } from "./feed/hook";
import * as flow from "./flow";
import { refuel } from "./fuel";
import { Handles, Link } from "./link";
import { setChain, setLink, setRoot, setStream } from "./live";
import { findRoot } from "./roots";
import { enterCallback, leaveCallback } from "./runtime/index";
import { startLate } from "./start";
import { Fact, findStream } from "./stream";
import {
  STEP_MS,
  nextWaiting,
  ripen,
  timersPending,
  waitingAge,
  waitingStream,
  waitingTurn,
} from "./waiting";
import { tellTally } from "./tally";
import { answer } from "./walk";

const SHORTEST_TICK_MS: i32 = 50;

/** Shortest period that a policy of this module asked for; 0 if none did. */
let period: i32 = 0;

function enterRoot(root: u32): void {
  setStream(0);
  setRoot(root);
  setLink(0);
  refuel(0);
  enterCallback(0);
}

/** Gives each policy of a new chain its `onSetup`. Called inside a callback, with the chain's own memory. */
export function setUp(chain: Chain): void {
  setChain(changetype<usize>(chain));
  for (let i = 0; i < chain.links.length; i++) {
    const link = chain.links[i];
    if (link.handles & Handles.Tick) wantTick(link.policy.tickMs);
    if (!(link.handles & Handles.Setup)) continue;
    setLink(changetype<usize>(link));
    refuel(0);
    link.policy.onSetup();
  }
  setLink(0);
}

export function wantTick(ms: i32): void {
  const wanted = max(ms, SHORTEST_TICK_MS);
  if (period && period <= wanted) return;
  period = wanted;
  if (!timersPending()) proxy_set_tick_period_milliseconds(period);
}

/** A chain that was counted for a call whose answer has been handed over. */
let served: usize = 0;

function release(): void {
  const chain = served;
  served = 0;
  if (chain) letGo(chain);
}

/** The answer to a policy's own call. `chain` was counted for it. */
export function refreshed(
  root: u32,
  chain: usize,
  at: i32,
  tag: i32,
  failed: bool,
  bytes: i32,
): void {
  release();
  served = chain;
  ripen(chain, at);
  enterRoot(root);
  const link = changetype<Chain>(chain).links[at];
  setChain(chain);
  setLink(changetype<usize>(link));
  answer.failed = failed;
  answer.tag = tag;
  refuel(bytes);
  link.policy.onRefresh(answer);
  leaveCallback();
  wake(nowMilliseconds());
  release();
}

/** An answer that no policy waits for: the feed's, if it is one that was asked. */
export function fed(root: u32, token: u32, failed: bool, bytes: i32): void {
  if (!isDefined(FEED)) return;
  enterRoot(root);
  takeFeedAnswer(token, failed, bytes);
  leaveCallback();
}

/** Lets go on the streams whose time has come, each in memory of its own. */
function wake(now: i64): void {
  while (nextWaiting(now)) {
    const stream = findStream(waitingStream);
    if (!stream || stream.age != waitingAge || stream.turn != waitingTurn) continue;
    if (!stream.chain && !stream.has(Fact.Unprepared)) continue;
    if (stream.has(Fact.Replied) || stream.has(Fact.Failed)) continue;
    if (proxy_set_effective_context(stream.id) != 0) continue;
    setStream(changetype<usize>(stream));
    setChain(stream.chain);
    setLink(0);
    refuel(0);
    enterCallback(stream.slot());
    if (stream.has(Fact.Unprepared)) startLate(stream);
    else flow.woken(stream);
    leaveCallback();
  }
}

export function tick(root: u32): void {
  release();
  const now = nowMilliseconds();
  const own = findRoot(root);
  if (own && own.chain && !own.ready) {
    own.ready = true;
    enterRoot(root);
    setUp(changetype<Chain>(own.chain));
    leaveCallback();
  }
  if (isDefined(FEED)) {
    enterRoot(root);
    tickFeed(root, now);
    if (isDefined(TALLY)) tellTally();
    leaveCallback();
  }
  if (period) {
    if (own && own.chain) tickChain(root, own.chain, now);
    for (let i: u32 = 0; i < cacheSize(); i++) {
      const chain = cachedChain(i);
      if (chain) tickChain(root, chain, now);
    }
  }
  wake(now);
  proxy_set_effective_context(root);
  proxy_set_tick_period_milliseconds(timersPending() ? STEP_MS : period);
}

function tickChain(root: u32, address: usize, now: i64): void {
  const chain = changetype<Chain>(address);
  if (!(chain.handles & Handles.Tick)) return;
  for (let i = 0; i < chain.links.length; i++) {
    const link = chain.links[i];
    if (!(link.handles & Handles.Tick) || now < link.due) continue;
    link.due = now + max(link.policy.tickMs, SHORTEST_TICK_MS);
    enterRoot(root);
    setChain(address);
    setLink(changetype<usize>(link));
    link.policy.onTick();
    leaveCallback();
  }
}
