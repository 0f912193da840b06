/**
 * How limits stand, in headers: `x-ratelimit-limit`, `-remaining` and `-reset` (seconds since 1970) of
 * the most restrictive one, and IETF's `ratelimit-policy` and `ratelimit` with every quota. Where
 * several policies of one chain limit, the response shows the most restrictive and all of their quotas.
 */
import { Headers } from "../headers";
import { decimal } from "../hostcalls/text";
import { Fellowship, Place } from "../place";
import { Reply } from "../reply";
import { Demand } from "./counters/counters";
import { Quota } from "./quota";

const SECOND: i64 = 1000000;
const LIMIT: string = "x-ratelimit-limit";
const REMAINING: string = "x-ratelimit-remaining";
const RESET: string = "x-ratelimit-reset";
const POLICY: string = "ratelimit-policy";
const STANDING: string = "ratelimit";

export class Announcement {
  xRateLimit: bool = true;
  ietf: bool = true;
  private chain: Fellowship;
  private number: i32;

  constructor(
    place: Place,
    private quotas: Quota[],
  ) {
    this.chain = place.chain;
    this.number = ++place.chain.announcers;
  }

  /** Sets the headers of a response; whatever an upstream says by these names is replaced. */
  write(headers: Headers, first: Demand, now: i64): void {
    // Responses run the chain backward: another one has been here if one stands behind this one.
    const behind = this.number < this.chain.announcers;
    const tightest = tightestOf(first);
    if (this.xRateLimit && !(behind && isTighter(headers, tightest))) {
      headers.set(LIMIT, decimal(tightest.meter.capacity));
      headers.set(REMAINING, decimal(max(tightest.left, 0)));
      headers.set(RESET, decimal(seconds(tightest.resetAt)));
    }
    if (this.ietf) {
      join(headers, POLICY, policiesOf(first, this.quotas, now), behind);
      join(headers, STANDING, standingsOf(first, this.quotas, now), behind);
    }
  }

  /** The same for an answer of the policy's own. */
  add(reply: Reply, first: Demand, now: i64): void {
    const tightest = tightestOf(first);
    if (this.xRateLimit) {
      reply
        .header(LIMIT, decimal(tightest.meter.capacity))
        .header(REMAINING, decimal(max(tightest.left, 0)))
        .header(RESET, decimal(seconds(tightest.resetAt)));
    }
    if (this.ietf) {
      reply
        .header(POLICY, policiesOf(first, this.quotas, now))
        .header(STANDING, standingsOf(first, this.quotas, now));
    }
  }
}

/** Rounded up: nobody comes back too early. */
export function seconds(us: i64): i64 {
  return (us + SECOND - 1) / SECOND;
}

/** Of the demands from `first` to `end`: the one with the least left, among equals the lasting one. */
function tightestOf(first: Demand, end: Demand | null = null): Demand {
  let found = first;
  for (let one = first.next; one !== end; one = one!.next) {
    if (tighter(one!, found)) found = one!;
  }
  return found;
}

/** The first demand of another quota than this one's, null if there is none. */
function pastQuota(first: Demand): Demand | null {
  let one: Demand | null = first;
  while (one !== null && one.quota == first.quota) one = one.next;
  return one;
}

function tighter(a: Demand, b: Demand): bool {
  if (a.refused != b.refused) return a.refused;
  if (a.refused) return a.freeAt > b.freeAt;
  return a.left < b.left || (a.left == b.left && a.resetAt > b.resetAt);
}

/** True if the headers say less than this demand has left. */
function isTighter(headers: Headers, than: Demand): bool {
  const left = headers.get(REMAINING);
  return left !== null && I64.parseInt(left) <= than.left;
}

function join(headers: Headers, name: string, value: string, behind: bool): void {
  const other = behind ? headers.get(name) : null;
  headers.set(name, other === null ? value : value + ", " + other);
}

function policiesOf(first: Demand, quotas: Quota[], now: i64): string {
  let text = "";
  for (let at: Demand | null = first; at !== null; at = pastQuota(at)) {
    const meter = tightestOf(at, pastQuota(at)).meter;
    const window = decimal(seconds(meter.windowAt(now)));
    if (text.length) text += ", ";
    text += quotas[at.quota].quoted + ";q=" + decimal(meter.capacity) + ";w=" + window;
  }
  return text;
}

function standingsOf(first: Demand, quotas: Quota[], now: i64): string {
  let text = "";
  for (let at: Demand | null = first; at !== null; at = pastQuota(at)) {
    const one = tightestOf(at, pastQuota(at));
    const after = decimal(max(seconds(one.resetAt - now), 0));
    if (text.length) text += ", ";
    text += quotas[at.quota].quoted + ";r=" + decimal(max(one.left, 0)) + ";t=" + after;
  }
  return text;
}
