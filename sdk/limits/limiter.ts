/**
 * What the policies that limit have in common: a request is counted against every quota before it goes
 * on, or against none; what only the response tells is charged then; what was taken for a request that
 * an earlier policy of the chain refuses is given back.
 */
import { Body } from "../body";
import { Exchange } from "../exchange";
import { nowMicroseconds } from "../hostcalls/clock";
import { Place } from "../place";
import { Request } from "../request";
import { Response } from "../response";
import { Announcement } from "./announcement";
import { Cost, sum } from "./cost/cost";
import { Counters, Demand } from "./counters/counters";
import { LocalCounters } from "./counters/local";
import { milliseconds } from "./meter/meter";
import { Quota } from "./quota";
import { Refusal } from "./refusal";

/** What is to be known of one request until its end. */
export class Counted {
  /** The first of what it was let through with; a request that waits for its turn comes twice. */
  demands: Demand | null = null;
  /** True once the response has been charged for. */
  charged: bool = false;
}

export class Limiter {
  announcement: Announcement;
  refusal: Refusal = new Refusal();
  needsRequestBody: bool = false;
  needsResponseBody: bool = false;
  private chargesLater: bool = false;
  private counters: Counters = new LocalCounters();

  constructor(
    place: Place,
    private quotas: Quota[],
  ) {
    this.announcement = new Announcement(place, quotas);
    for (let i = 0; i < quotas.length; i++) {
      const cost = quotas[i].cost;
      if (cost.needsRequestBody) this.needsRequestBody = true;
      if (cost.needsResponseBody) this.needsResponseBody = true;
      if (!quotas[i].inAdvance) this.chargesLater = true;
    }
  }

  /** Counts the request. Milliseconds that it has to wait for its turn, -1 if it was refused. */
  admit(request: Request, counted: Counted, body: Body | null): i32 {
    if (counted.demands !== null || (this.needsRequestBody && body === null)) return 0;
    let first: Demand | null = null;
    for (let i = this.quotas.length - 1; i >= 0; i--) {
      first = unchecked(this.quotas[i]).ask(request, body, i, first);
    }
    if (first === null) return 0;
    const now = nowMicroseconds();
    if (!this.counters.take(first, now)) {
      this.refusal.send(request, first, this.quotas, this.announcement, now);
      return -1;
    }
    counted.demands = first;
    let delay: i64 = 0;
    for (let one: Demand | null = first; one !== null; one = one.next) {
      delay = max(delay, one.delay);
    }
    return <i32>milliseconds(delay);
  }

  /** Charges what the response tells, and announces how the limits stand. */
  respond(response: Response, counted: Counted, body: Body | null): void {
    const first = counted.demands;
    if (first === null || (this.needsResponseBody && body === null)) return;
    const now = nowMicroseconds();
    if (this.chargesLater) {
      counted.charged = true;
      let last = -1;
      let said = NaN;
      for (let one: Demand | null = first; one !== null; one = one.next) {
        const quota = this.quotas[one.quota];
        if (!quota.cost.atResponse || quota.occasion.byStatus) continue;
        if (one.quota != last) said = quota.cost.ofResponse(response, body);
        last = one.quota;
        this.charge(one, quota.cost, said, now);
      }
    }
    this.announcement.write(response.headers, first, now);
  }

  /** Once all is over: gives back, or charges what no response was there to tell. */
  close(exchange: Exchange, counted: Counted): void {
    const first = counted.demands;
    if (first === null) return;
    if (exchange.refusedEarlier) return this.giveBack(first);
    if (!this.chargesLater) return;
    const now = nowMicroseconds();
    for (let one: Demand | null = first; one !== null; one = one.next) {
      const quota = this.quotas[one.quota];
      const due = quota.occasion.byStatus
        ? quota.occasion.came(exchange)
        : quota.cost.atResponse && !counted.charged && !exchange.answeredHere;
      if (due) this.charge(one, quota.cost, NaN, now);
    }
  }

  private charge(demand: Demand, cost: Cost, said: f64, now: i64): void {
    this.counters.charge(demand, cost.whole(sum(demand.known, said)), now);
  }

  private giveBack(first: Demand): void {
    const now = nowMicroseconds();
    for (let one: Demand | null = first; one !== null; one = one.next) {
      this.counters.charge(one, -one.cost, now);
    }
  }
}
