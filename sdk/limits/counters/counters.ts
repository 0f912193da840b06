/**
 * Where limits are counted: what every kind of counter can do, in the memory that this gateway's workers
 * share or, one day, in one that gateways share. Nothing else of the limits knows which it is.
 */
import { Meter } from "../meter/meter";

/**
 * One limit that a request is counted against, and how it stands after that. It names no text, so that
 * it can be made in the request's memory and kept there.
 */
export class Demand {
  /** Who and for whom: 128 bits of a keyed hash. */
  low: u64 = 0;
  high: u64 = 0;
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
  /** The request's next one. */
  next: Demand | null = null;

  constructor(
    readonly meter: Meter,
    /** The index of its quota; those of one quota follow each other. */
    readonly quota: i32,
  ) {}
}

export abstract class Counters {
  /** Takes what all from `first` on ask for, or nothing of any. False if one was refused. */
  abstract take(first: Demand, now: i64): bool;

  /** Counts `cost` whether there is room for it or not; a negative one gives back. */
  abstract charge(demand: Demand, cost: i64, now: i64): void;
}
