/**
 * Policies of which one is enough. They stand in the chain before the policy that offered them, which
 * decides when each has refused: a refusal is kept instead of sent, and what the alternative told the
 * others is forgotten with it. Only in modules with a policy that offers some, under `ALTERNATIVES`.
 */
import { Context, Identity } from "../context";
import { writes } from "../hostcalls/headers";
import { Cursor } from "../params/cursor";
import { Verdict } from "../policy";
import { Reply } from "../reply";
import { complain } from "./abort";
import { Handles, Link } from "./link";
import { enterStream, leaveRegion } from "./runtime/index";
import { Phase, Stream } from "./stream";
import { stateSlot } from "./states";

/** A policy that its chooser names; `params` is JSON text. */
export class Offer {
  constructor(
    public name: string,
    public version: string,
    public params: string,
  ) {}
}

/** What became of the alternatives of one request. */
export class Attempts {
  /** The refusals, in order. */
  refusals: Reply[] = [];
  /** Which alternative each is of. */
  refusers: i32[] = [];
  refused: bool = false;
  /** Whether the alternative that runs has written headers, and how many writes there were before it did. */
  wrote: bool = false;
  writesBefore: u32 = 0;
  /** What was known of the caller before. */
  hadContext: bool = false;
  identity: Identity | null = null;
  metadata: Map<string, string> | null = null;

  remember(stream: Stream): void {
    this.hadContext = stream.shared != 0;
    if (!this.hadContext) return;
    const context = changetype<Context>(stream.shared);
    this.identity = context.identity;
    this.metadata = copyOf(context.metadata);
  }

  restore(stream: Stream): void {
    const metadata = this.metadata;
    if (!this.hadContext || metadata === null) {
      stream.shared = 0;
      return;
    }
    const context = changetype<Context>(stream.shared);
    context.identity = this.identity;
    context.metadata = copyOf(metadata);
  }
}

function copyOf(map: Map<string, string>): Map<string, string> {
  const copy = new Map<string, string>();
  const keys = map.keys();
  for (let i = 0; i < keys.length; i++) copy.set(keys[i], map.get(keys[i]));
  return copy;
}

/** Whether this link is an alternative that still can be another's turn. */
export function isTried(stream: Stream, link: Link): bool {
  return link.decider >= 0 && stream.phase == Phase.RequestHeaders;
}

/** In later phases only the one that let the request through has its say. */
export function isOut(stream: Stream, link: Link): bool {
  if (link.decider < 0 || stream.phase == Phase.RequestHeaders) return false;
  return !(stream.ran & ((<u64>1) << link.at));
}

/** Before a handler of an alternative runs. */
export function startTry(stream: Stream, link: Link): void {
  const slot = stateSlot(stream, link.decider);
  enterStream();
  if (!load<usize>(slot)) {
    const attempts = new Attempts();
    attempts.remember(stream);
    store<usize>(slot, changetype<usize>(attempts));
  }
  leaveRegion();
  changetype<Attempts>(load<usize>(slot)).writesBefore = writes;
}

/** Keeps the answer with which the alternative at work refuses. */
export function keepRefusal(stream: Stream, link: Link, answer: Reply): Verdict {
  const attempts = attemptsAt(stream, link.decider);
  if (!attempts.refused) {
    attempts.refused = true;
    attempts.refusals.push(answer);
    attempts.refusers.push(link.at);
  }
  return Verdict.Respond;
}

/** After it ran: false if it waits, else the chain goes on behind `stream.at`. */
export function endTry(stream: Stream, link: Link, verdict: Verdict): bool {
  const attempts = attemptsAt(stream, link.decider);
  if (writes != attempts.writesBefore) attempts.wrote = true;
  if (!attempts.refused) {
    if (verdict == Verdict.Pause) return false;
    if (verdict == Verdict.Respond) complain("returned Respond without an answer");
    stream.at = link.decider;
    return true;
  }
  // Nobody could tell what the request was before.
  if (attempts.wrote) complain("changed headers and then refused, as one of several");
  attempts.refused = false;
  stream.ran &= ~((<u64>1) << link.at);
  enterStream();
  attempts.restore(stream);
  leaveRegion();
  return true;
}

export function attemptsAt(stream: Stream, decider: i32): Attempts {
  return changetype<Attempts>(load<usize>(stateSlot(stream, decider)));
}

/** Notes in the cursor why this one cannot be an alternative, if it cannot. */
export function checkAlternative(link: Link, cursor: Cursor): void {
  const late =
    Handles.ResponseHeaders |
    Handles.ResponseBody |
    Handles.ResponseChunk |
    Handles.ResponseTrailers;
  if (!(link.handles & Handles.RequestHeaders) || link.handles & late) {
    cursor.note(
      link.name + ": expected a policy that looks at the request's headers and at no response",
    );
  }
}
