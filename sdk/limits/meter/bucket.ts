/**
 * A bucket that requests fill and time empties, at `limit` per window: at once it takes `burst`. Seen
 * from the other side it is a bucket of tokens, and as a theoretical time of arrival it is GCRA. What
 * does not fit can wait for its turn, `queue` of it at most.
 *
 * The record has the time of its last change, and the level then as a float.
 */
import { Slot } from "../../shared/table";
import { Meter, milliseconds } from "./meter";

export class Bucket extends Meter {
  constructor(
    limit: i64,
    windowUs: i64,
    private burst: i64,
    private queue: i64,
  ) {
    super("bucket", limit, windowUs);
  }

  get capacity(): i64 {
    return this.burst;
  }

  roll(record: Slot, now: i64): void {
    // Another worker's clock may have been a little ahead: time does not go back.
    if (record.a >= now) return;
    const drained = (<f64>(now - record.a) * <f64>this.limit) / <f64>this.windowUs;
    this.fill(record, record.a ? level(record) - drained : 0);
    record.a = now;
  }

  left(record: Slot, now: i64): i64 {
    return <i64>Math.floor(<f64>this.burst - level(record));
  }

  fits(record: Slot, cost: i64, now: i64): bool {
    return level(record) + <f64>cost <= <f64>(this.burst + this.queue);
  }

  add(record: Slot, cost: i64, now: i64): void {
    this.fill(record, level(record) + <f64>cost);
    record.expires = milliseconds(this.resetAt(record, now)) + 1;
  }

  resetAt(record: Slot, now: i64): i64 {
    return now + this.timeFor(level(record));
  }

  freeAt(record: Slot, cost: i64, now: i64): i64 {
    const room = <f64>(this.burst + this.queue);
    return now + this.timeFor(level(record) + min(<f64>cost, room) - room);
  }

  delay(record: Slot): i64 {
    return this.timeFor(level(record) - <f64>this.burst);
  }

  private fill(record: Slot, to: f64): void {
    record.b = reinterpret<i64>(max(to, 0.0));
  }

  /** How long it takes to empty by `amount`. */
  private timeFor(amount: f64): i64 {
    return amount > 0 ? <i64>Math.ceil((amount * <f64>this.windowUs) / <f64>this.limit) : 0;
  }
}

function level(record: Slot): f64 {
  return reinterpret<f64>(record.b);
}
