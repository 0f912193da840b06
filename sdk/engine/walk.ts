/**
 * Walks a chain: runs each policy's handler for a phase, forward on the way in, backward on the way
 * out, until one answers or waits. Also takes a walk up again where a policy waited.
 */
import { BufferType, MapType } from "../abi";
import { Answer } from "../call";
import { Chunk } from "../body";
import { Exchange } from "../exchange";
import { Headers } from "../headers";
import { nowNanoseconds } from "../hostcalls/clock";
import { HeaderMap } from "../hostcalls/headers";
import { Verdict } from "../policy";
import { Request } from "../request";
import { Response } from "../response";
import { endTry, isOut, isTried, startTry } from "./alternatives";
import { Chain } from "./chain";
import { complain } from "./abort";
import { refuel } from "./fuel";
import { Handles, Link } from "./link";
import { setLink } from "./live";
import { Fact, Phase, Stream } from "./stream";
import { countRun, countTime } from "./tally";

/** How a walk ended. */
export enum Walk {
  Done = 0,
  Waits = 1,
  Answered = 2,
}

const request = new Request();
const response = new Response();
const exchange = new Exchange();
export const requestChunk = new Chunk(BufferType.RequestBody);
export const responseChunk = new Chunk(BufferType.ResponseBody);
const requestTrailers = new Headers(new HeaderMap(MapType.RequestTrailers));
const responseTrailers = new Headers(new HeaderMap(MapType.ResponseTrailers));
export const answer = new Answer();

function handlerOf(phase: Phase): i32 {
  switch (phase) {
    case Phase.RequestHeaders:
      return Handles.RequestHeaders;
    case Phase.RequestBody:
      return Handles.RequestBody;
    case Phase.RequestChunk:
      return Handles.RequestChunk;
    case Phase.RequestTrailers:
      return Handles.RequestTrailers;
    case Phase.ResponseHeaders:
      return Handles.ResponseHeaders;
    case Phase.ResponseBody:
      return Handles.ResponseBody;
    case Phase.ResponseChunk:
      return Handles.ResponseChunk;
    default:
      return Handles.ResponseTrailers;
  }
}

function run(phase: Phase, link: Link): Verdict {
  const policy = link.policy;
  switch (phase) {
    case Phase.RequestHeaders:
      return policy.onRequestHeaders(request);
    case Phase.RequestBody:
      return policy.onRequestBody(request, request.body);
    case Phase.RequestChunk:
      return policy.onRequestChunk(exchange, requestChunk);
    case Phase.RequestTrailers:
      return policy.onRequestTrailers(exchange, requestTrailers);
    case Phase.ResponseHeaders:
      return policy.onResponseHeaders(response);
    case Phase.ResponseBody:
      return policy.onResponseBody(response, response.body);
    case Phase.ResponseChunk:
      return policy.onResponseChunk(exchange, responseChunk);
    default:
      return policy.onResponseTrailers(exchange, responseTrailers);
  }
}

/** Runs a handler and counts it. */
function counted(phase: Phase, link: Link): Verdict {
  if (!countRun(link.handles)) return run(phase, link);
  const start = nowNanoseconds();
  const verdict = run(phase, link);
  countTime(link.handles, nowNanoseconds() - start);
  return verdict;
}

/** True if the phase belongs to the way out, where chains run backward. */
export function outward(phase: Phase): bool {
  return phase >= Phase.ResponseHeaders;
}

/** True if what the phase looks at flows on at once. */
function flows(phase: Phase): bool {
  return (
    phase == Phase.RequestChunk ||
    phase == Phase.ResponseChunk ||
    phase == Phase.RequestTrailers ||
    phase == Phase.ResponseTrailers
  );
}

/** Starts a phase. `bytes` is what it may have to work on, for its fuel. */
export function begin(stream: Stream, phase: Phase, bytes: i32): Walk {
  const chain = changetype<Chain>(stream.chain);
  const wanted = handlerOf(phase);
  stream.phase = phase;
  if (!(chain.handles & wanted)) return Walk.Done;
  stream.at = outward(phase) ? chain.links.length - 1 : 0;
  return proceed(stream, bytes);
}

/** Runs from `stream.at` on. */
function proceed(stream: Stream, bytes: i32): Walk {
  const links = changetype<Chain>(stream.chain).links;
  const phase = stream.phase;
  const wanted = handlerOf(phase);
  const step = outward(phase) ? -1 : 1;
  for (let i = stream.at; i >= 0 && i < links.length; i += step) {
    const link = unchecked(links[i]);
    if (!(link.handles & wanted)) continue;
    if (isDefined(ALTERNATIVES)) {
      if (isOut(stream, link)) continue;
    }
    stream.at = i;
    setLink(changetype<usize>(link));
    refuel(bytes);
    // In a variable, so that no check for null and its message are compiled in.
    const condition = link.condition;
    if (condition !== null && !condition.holds()) continue;
    stream.ran |= (<u64>1) << i;
    if (isDefined(ALTERNATIVES)) {
      if (isTried(stream, link)) startTry(stream, link);
    }
    const verdict = isDefined(TALLY) ? counted(phase, link) : run(phase, link);
    if (isDefined(ALTERNATIVES)) {
      if (isTried(stream, link) && endTry(stream, link, verdict)) {
        i = stream.at;
        continue;
      }
    }
    if (verdict != Verdict.Continue || stream.has(Fact.Replied)) {
      const end = settle(stream, verdict);
      if (end != Walk.Done) return end;
    }
  }
  setLink(0);
  return Walk.Done;
}

/** What a verdict means; a pause that nothing would end is a fault of the policy. */
function settle(stream: Stream, verdict: Verdict): Walk {
  if (stream.has(Fact.Replied)) return Walk.Answered;
  if (verdict == Verdict.Pause) {
    if (flows(stream.phase)) complain("a piece of a body cannot wait");
    if (!stream.waiting) complain("paused without a pending call");
    stream.note(Fact.Paused);
    return Walk.Waits;
  }
  if (verdict == Verdict.Respond) complain("returned Respond without an answer");
  return Walk.Done;
}

/** Hands an answer to the policy that waits for it, and goes on with the chain if it says so. */
export function resume(stream: Stream, at: i32, tag: i32, failed: bool, bytes: i32): Walk {
  const links = changetype<Chain>(stream.chain).links;
  const link = links[at];
  stream.waiting--;
  // A policy that went on before all of its answers were there does not want the rest.
  if (!stream.has(Fact.Paused) || stream.at != at) return Walk.Waits;
  answer.failed = failed;
  answer.tag = tag;
  setLink(changetype<usize>(link));
  refuel(bytes);
  if (isDefined(ALTERNATIVES)) {
    if (isTried(stream, link)) startTry(stream, link);
  }
  const verdict = outward(stream.phase)
    ? link.policy.onResponseAnswer(response, answer)
    : link.policy.onRequestAnswer(request, answer);
  let end = Walk.Done;
  if (isDefined(ALTERNATIVES)) {
    if (!isTried(stream, link) || !endTry(stream, link, verdict)) end = settle(stream, verdict);
  } else end = settle(stream, verdict);
  if (end == Walk.Done) {
    stream.forget(Fact.Paused);
    stream.at += outward(stream.phase) ? -1 : 1;
    return proceed(stream, bytes);
  }
  return end;
}

/** Runs the handler that waits once more: what it waited for is here. */
export function rerun(stream: Stream, bytes: i32): Walk {
  stream.waiting--;
  if (!stream.has(Fact.Paused)) return Walk.Waits;
  stream.forget(Fact.Paused);
  return proceed(stream, bytes);
}

/** The last callback of a request. */
export function finish(stream: Stream): void {
  const chain = changetype<Chain>(stream.chain);
  if (!(chain.handles & Handles.Log)) return;
  const refused = stream.has(Fact.Replied) && !outward(stream.phase);
  stream.repliedAt = refused ? stream.at : chain.links.length;
  stream.phase = Phase.Log;
  const links = chain.links;
  for (let i = 0; i < links.length; i++) {
    const link = links[i];
    if (!(link.handles & Handles.Log)) continue;
    const always = link.condition === null && link.decider < 0;
    if (!always && !(stream.ran & ((<u64>1) << i))) continue;
    stream.at = i;
    setLink(changetype<usize>(link));
    refuel(0);
    link.policy.onLog(exchange);
  }
  setLink(0);
}
