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
import { Quota } from "./quota";
import { Refusal } from "./refusal";

/** What is to be known of one request until its end. */
export class Counted {
  demands: Demand[] = [];
  /** The quota of each demand. */
  quotas: Quota[] = [];
  /** True once it was let through; a request that waits for its turn comes twice. */
  admitted: bool = false;
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
    this.announcement = new Announcement(place);
    for (let i = 0; i < quotas.length; i++) {
      const cost = quotas[i].cost;
      if (cost.needsRequestBody) this.needsRequestBody = true;
      if (cost.needsResponseBody) this.needsResponseBody = true;
      if (!quotas[i].inAdvance) this.chargesLater = true;
    }
  }

  /** Counts the request. Milliseconds that it has to wait for its turn, -1 if it was refused. */
  admit(request: Request, counted: Counted, body: Body | null = null): i32 {
    if (counted.admitted || (this.needsRequestBody && body === null)) return 0;
    const demands: Demand[] = [];
    const quotas: Quota[] = [];
    for (let i = 0; i < this.quotas.length; i++) {
      unchecked(this.quotas[i]).ask(request, body, demands, quotas);
    }
    if (!demands.length) return 0;
    const now = nowMicroseconds();
    const taken = this.counters.take(demands, now);
    if (!taken) {
      this.refusal.send(request, demands, quotas, this.announcement, now);
      return -1;
    }
    counted.demands = demands;
    counted.quotas = quotas;
    counted.admitted = true;
    let delay: i64 = 0;
    for (let i = 0; i < demands.length; i++) delay = max(delay, demands[i].delay);
    return <i32>((delay + 999) / 1000);
  }

  /** Charges what the response tells, and announces how the limits stand. */
  respond(response: Response, counted: Counted, body: Body | null = null): void {
    if (!counted.admitted || (this.needsResponseBody && body === null)) return;
    const now = nowMicroseconds();
    if (this.chargesLater) {
      counted.charged = true;
      let said = NaN;
      for (let i = 0; i < counted.demands.length; i++) {
        const quota = counted.quotas[i];
        if (!quota.cost.atResponse || quota.occasion.byStatus) continue;
        if (!i || counted.quotas[i - 1] !== quota) said = quota.cost.ofResponse(response, body);
        this.charge(counted.demands[i], quota.cost, said, now);
      }
    }
    this.announcement.write(response.headers, counted.demands, counted.quotas, now);
  }

  /** Once all is over: gives back, or charges what no response was there to tell. */
  close(exchange: Exchange, counted: Counted): void {
    if (!counted.admitted) return;
    if (exchange.refusedEarlier) return this.giveBack(counted);
    if (!this.chargesLater) return;
    const now = nowMicroseconds();
    for (let i = 0; i < counted.demands.length; i++) {
      const quota = counted.quotas[i];
      const due = quota.occasion.byStatus
        ? quota.occasion.came(exchange)
        : quota.cost.atResponse && !counted.charged && !exchange.answeredHere;
      if (due) this.charge(counted.demands[i], quota.cost, NaN, now);
    }
  }

  private charge(demand: Demand, cost: Cost, said: f64, now: i64): void {
    this.counters.charge(demand, cost.whole(sum(demand.known, said)), now);
  }

  private giveBack(counted: Counted): void {
    const now = nowMicroseconds();
    for (let i = 0; i < counted.demands.length; i++) {
      this.counters.charge(counted.demands[i], -counted.demands[i].cost, now);
    }
  }
}
