/** Limits as parameters describe them. */
import { NO_DURATION, parseDuration } from "../../std/time/duration";
import { Problems } from "../problems";
import { Bucket } from "./bucket";
import { Meter } from "./meter";
import { FixedWindow, SlidingWindow } from "./windows";

/** Ten years. */
const MOST_NANOS: i64 = 315360000000000000;
/** Microseconds that a request may have to wait for its turn. */
const LONGEST_WAIT: i64 = 60000000;
const MILLISECOND: i64 = 1000000;

export class MeterReader {
  constructor(
    /** How is counted where a quota does not say. */
    private algorithm: string,
    private problems: Problems,
  ) {}

  read(
    limit: i64,
    duration: string,
    where: string,
    burst: i64 = 0,
    queue: i64 = 0,
    own: string = "",
  ): Meter {
    const algorithm = own.length ? own : this.algorithm;
    const windowUs = this.microseconds(duration, where + ".duration");
    if (algorithm == "fixed-window" || algorithm == "sliding-window") {
      if (queue) this.problems.note(where + ".queue: a " + algorithm + " has no queue to wait in");
      if (algorithm == "fixed-window") return new FixedWindow(limit, windowUs);
      return new SlidingWindow(limit, windowUs);
    }
    if ((<f64>queue * <f64>windowUs) / <f64>limit > <f64>LONGEST_WAIT) {
      this.problems.note(where + ".queue: expected a wait of a minute at most for the last in it");
    }
    // What leaks evenly takes one at a time unless told otherwise; tokens lie ready for a whole window.
    const atOnce = burst ? burst : algorithm == "leaky-bucket" ? 1 : limit;
    return new Bucket(limit, windowUs, atOnce, queue);
  }

  private microseconds(text: string, where: string): i64 {
    const nanos = parseDuration(text);
    const known = nanos != NO_DURATION && nanos >= MILLISECOND && nanos <= MOST_NANOS;
    if (known && nanos % MILLISECOND == 0) return nanos / 1000;
    this.problems.note(
      where +
        ": expected a duration of whole milliseconds up to ten years, such as 1s, 1m or 1h30m, found " +
        text,
    );
    return 1000;
  }
}
