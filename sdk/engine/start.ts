/**
 * A request's start: which chain it runs. A chain with secrets may have to wait until the feed has
 * brought them; its requests wait a while, and are refused then.
 */
import { nowMilliseconds } from "../hostcalls/clock";
import { Reply } from "../reply";
import { reply } from "./acts";
import { chainOfRoute, take, unready } from "./chains";
import { refuse } from "./fault";
import { feedReady } from "./feed/hook";
import * as flow from "./flow";
import { setChain } from "./live";
import { findRoot } from "./roots";
import { Fact, Phase, Stream } from "./stream";
import { wait } from "./waiting";

const AGAIN_MS: i64 = 50;
const MOST_TRIES: i32 = 100;
/** The feed and the chain come by different ways: a value may be a little later than what names it. */
const TRIES_WHEN_FED: i32 = 40;

/** Finds the request's chain. False if there is none to run now; the stream's facts say why. */
export function prepare(stream: Stream): bool {
  if (stream.has(Fact.Known)) return stream.chain != 0;
  stream.note(Fact.Known);
  const root = findRoot(stream.root);
  if (!root) return false;
  stream.chain = root.byRoute ? chainOfRoute() : root.chain;
  if (!stream.chain) {
    if (isDefined(FEED) && unready) tryLater(stream);
    return false;
  }
  take(stream.chain);
  setChain(stream.chain);
  return true;
}

/** Until it has a chain, `at` counts how often a request has tried. */
function tryLater(stream: Stream): void {
  if (stream.at++ < (feedReady() ? TRIES_WHEN_FED : MOST_TRIES)) {
    stream.note(Fact.Unprepared);
    wait(stream, nowMilliseconds() + AGAIN_MS);
    return;
  }
  stream.phase = Phase.RequestHeaders;
  if (feedReady()) return refuse("invalid chain: it names a secret that is not there");
  reply(new Reply(503).error("The gateway's secrets are not here yet"));
}

/** Tries again. Inside a callback that is the stream's. */
export function startLate(stream: Stream): void {
  stream.forget(Fact.Unprepared);
  stream.forget(Fact.Known);
  if (!prepare(stream)) return;
  stream.waiting = 0;
  flow.startedLate(stream);
}
