/** Limits that count within windows of time. */
import { Slot } from "../../shared/table";
import { Meter, added, milliseconds } from "./meter";

/** A count that starts from nothing with each window. The record has the count and the window's start. */
export abstract class CountingWindow extends Meter {
  abstract startAt(now: i64): i64;
  abstract endAt(now: i64): i64;

  roll(record: Slot, now: i64): void {
    const start = this.startAt(now);
    if (record.b == start) return;
    record.a = 0;
    record.b = start;
    record.expires = milliseconds(this.endAt(now));
  }

  left(record: Slot, now: i64): i64 {
    return this.limit - record.a;
  }

  add(record: Slot, cost: i64, now: i64): void {
    record.a = added(record.a, cost);
  }

  resetAt(record: Slot, now: i64): i64 {
    return this.endAt(now);
  }

  freeAt(record: Slot, cost: i64, now: i64): i64 {
    return this.endAt(now);
  }
}

/** Windows of one length, the first of them in 1970: `1m` starts with each minute of the clock. */
export class FixedWindow extends CountingWindow {
  constructor(limit: i64, windowUs: i64) {
    super("fixed", limit, windowUs);
  }

  startAt(now: i64): i64 {
    return now - (now % this.windowUs);
  }

  endAt(now: i64): i64 {
    return this.startAt(now) + this.windowUs;
  }
}

/**
 * The count of this window, and of the last one as much as the sliding window still covers: two numbers
 * instead of a list of requests. The record's expiry tells where its window starts.
 */
export class SlidingWindow extends Meter {
  constructor(limit: i64, windowUs: i64) {
    super("sliding", limit, windowUs);
  }

  roll(record: Slot, now: i64): void {
    const expires = (this.startAt(now) + 2 * this.windowUs) / 1000;
    if (record.expires == expires) return;
    record.b = record.expires == expires - this.windowUs / 1000 ? record.a : 0;
    record.a = 0;
    record.expires = expires;
  }

  left(record: Slot, now: i64): i64 {
    return this.limit - record.a - <i64>Math.ceil(<f64>record.b * this.covered(now));
  }

  add(record: Slot, cost: i64, now: i64): void {
    record.a = added(record.a, cost);
  }

  resetAt(record: Slot, now: i64): i64 {
    return this.startAt(now) + (record.a ? 2 : 1) * this.windowUs;
  }

  freeAt(record: Slot, cost: i64, now: i64): i64 {
    if (cost > this.limit) return this.resetAt(record, now);
    const start = this.startAt(now);
    const room = this.limit - cost - record.a;
    if (room >= 0) return start + this.until(room, record.b);
    return start + this.windowUs + this.until(this.limit - cost, record.a);
  }

  private startAt(now: i64): i64 {
    return now - (now % this.windowUs);
  }

  /** The part of the last window that the sliding one covers. */
  private covered(now: i64): f64 {
    return 1.0 - <f64>(now % this.windowUs) / <f64>this.windowUs;
  }

  /** How far into a window no more than `room` of the last one's count is covered. */
  private until(room: i64, count: i64): i64 {
    if (count <= room) return 0;
    return <i64>Math.ceil(<f64>this.windowUs * (1.0 - <f64>room / <f64>count));
  }
}
