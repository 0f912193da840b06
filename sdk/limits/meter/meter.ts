/**
 * How a limit counts: the arithmetic of one record, without saying where the record is kept. Times are
 * microseconds since 1970. A record is brought up to date with `roll` before anything else is asked.
 */
import { Slot } from "../../shared/table";

/** Above what any limit allows: more of it is not added up. */
const MOST: i64 = 1 << 60;

export abstract class Meter {
  constructor(
    /** Part of the record's name, so that another way of counting starts anew. */
    readonly kind: string,
    readonly limit: i64,
    readonly windowUs: i64,
  ) {}

  /** Most that can be used at once. */
  get capacity(): i64 {
    return this.limit;
  }

  abstract roll(record: Slot, now: i64): void;

  /** What can be used at once; negative after more was charged than there was. */
  abstract left(record: Slot, now: i64): i64;

  /** Counts `cost`, whether there is room for it or not; a negative one is given back. */
  abstract add(record: Slot, cost: i64, now: i64): void;

  /** When everything can be used again. */
  abstract resetAt(record: Slot, now: i64): i64;

  /** When `cost` fits again; for a cost that never fits, when everything can be used. */
  abstract freeAt(record: Slot, cost: i64, now: i64): i64;

  fits(record: Slot, cost: i64, now: i64): bool {
    return cost <= this.left(record, now);
  }

  /** How long what was added last has to wait for its turn. */
  delay(record: Slot): i64 {
    return 0;
  }

  /** Of the headers: a window of other than a fixed length says how long this one is. */
  windowAt(now: i64): i64 {
    return this.windowUs;
  }
}

/** `a + b` within bounds: never negative, never over. */
export function added(a: i64, b: i64): i64 {
  return max(0, min(a + b, MOST));
}

/** The milliseconds in which `us` has passed, rounded up. */
export function milliseconds(us: i64): i64 {
  return (us + 999) / 1000;
}
