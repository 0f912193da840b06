/**
 * Where limits are counted: what every kind of counter can do, in this worker's memory of the host or
 * shared between gateways. Nothing else of the limits knows which it is.
 */
import { Meter } from "../meter/meter";

/** One limit that a request is counted against, and how it stands after that. */
export class Demand {
  /** What has to be free. */
  need: i64 = 0;
  /** What is taken of it. */
  cost: i64 = 0;
  /** What the request said of its cost, where the response is to say the rest. */
  known: f64 = NaN;
  refused: bool = false;
  left: i64 = 0;
  /** Microseconds since 1970. */
  resetAt: i64 = 0;
  /** When there is room again; only of one that was refused. */
  freeAt: i64 = 0;
  /** Microseconds until it is this request's turn. */
  delay: i64 = 0;

  constructor(
    readonly meter: Meter,
    /** Whose limit: the quota. */
    readonly owner: string,
    /** For whom. */
    readonly key: string,
  ) {}
}

export abstract class Counters {
  /** Takes what all of them ask for, or nothing of any. False if one was refused. */
  abstract take(demands: Demand[], now: i64): bool;

  /** Counts `cost` whether there is room for it or not; a negative one gives back. */
  abstract charge(demand: Demand, cost: i64, now: i64): void;
}
