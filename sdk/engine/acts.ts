/** What a policy asks of the engine while it runs: to answer by itself, to wait for another service. */
import { LogLevel } from "../abi";
import { Call } from "../call";
import { GrpcCall } from "../grpc";
import { log } from "../hostcalls/log";
import { Verdict } from "../policy";
import { Reply } from "../reply";
import { isTried, keepRefusal } from "./alternatives";
import { Link, describe } from "./link";
import { chainAddress, linkAddress, stream } from "./live";
import { expect, expectForAll } from "./calls";
import { Fact } from "./stream";
import { nowMilliseconds } from "../hostcalls/clock";
import { take } from "./chains";
import { countRefusal } from "./tally";
import { wait } from "./waiting";

/** Sends the reply unless one went out already. The engine heeds it even if the verdict is lost. */
export function reply(answer: Reply): Verdict {
  const record = stream();
  if (isDefined(ALTERNATIVES)) {
    const link = changetype<Link>(linkAddress);
    if (linkAddress && isTried(record, link)) return keepRefusal(record, link, answer);
  }
  if (record.has(Fact.Replied)) return Verdict.Respond;
  if (linkAddress) answer.by(changetype<Link>(linkAddress).name);
  if (isDefined(TALLY)) {
    if (linkAddress && answer.status >= 400) {
      countRefusal(changetype<Link>(linkAddress).handles);
    }
  }
  answer.send();
  return Verdict.Respond;
}

/** Dispatches a call. One that the host refuses is answered at once, as failed. */
export function ask(call: Call): Verdict {
  return expectAnswer(call.dispatch(), call.tag);
}

export function askGrpc(call: GrpcCall): Verdict {
  return expectAnswer(call.dispatch(), call.tag);
}

function expectAnswer(token: i64, tag: i32): Verdict {
  const record = stream();
  if (token < 0) {
    log(
      LogLevel.Warn,
      describe(linkAddress) + ": the host refused a call: unknown cluster or bad header",
    );
    expect(0, record, tag, true);
  } else {
    expect(<u32>token, record, tag, false);
  }
  record.waiting++;
  return Verdict.Pause;
}

/** Dispatches a call that is the policy's own, not one request's. */
export function callForAll(call: Call): bool {
  const token = call.dispatch();
  if (token < 0 || !chainAddress || !linkAddress) return false;
  take(chainAddress);
  expectForAll(<u32>token, chainAddress, changetype<Link>(linkAddress).at, call.tag);
  return true;
}

export function waitForRefresh(): Verdict {
  wait(stream(), 0);
  return Verdict.Pause;
}

export function waitFor(ms: i32): Verdict {
  wait(stream(), nowMilliseconds() + max(ms, 1));
  return Verdict.Pause;
}
