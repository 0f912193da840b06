/** What policies that limit read from their parameters in the same way. */
import { NO_DURATION, parseDuration } from "../std/time/duration";
import { Bucket } from "./bucket";
import { Limiter } from "./limiter";
import { Meter } from "./meter";
import { FixedWindow, SlidingWindow } from "./windows";

/** Ten years. */
const MOST_NANOS: i64 = 315360000000000000;

export class Settings {
  /** The first thing that is wrong, null if nothing is. */
  problem: string | null = null;

  constructor(
    private algorithm: string,
    backend: string,
  ) {
    if (backend != "memory") {
      this.problem =
        "backend: expected memory, found " +
        backend +
        ": counters shared between gateways are not here yet";
    }
  }

  meter(
    limit: i64,
    duration: string,
    where: string,
    algorithm: string = "",
    burst: i64 = 0,
    queue: i64 = 0,
  ): Meter | null {
    const kind = algorithm.length ? algorithm : this.algorithm;
    const windowUs = this.duration(duration, where + ".duration");
    if (kind == "fixed-window") return new FixedWindow(limit, windowUs);
    if (kind == "sliding-window") return new SlidingWindow(limit, windowUs);
    // Water that leaks evenly has no burst unless one is allowed; tokens lie ready for a whole window.
    const atOnce = burst ? burst : kind == "leaky-bucket" ? 1 : limit;
    return new Bucket(limit, windowUs, atOnce, queue);
  }

  /** Microseconds; whole milliseconds at least, ten years at most. */
  private duration(text: string, where: string): i64 {
    const nanos = parseDuration(text);
    const valid = nanos != NO_DURATION && nanos >= 1000000 && nanos % 1000000 == 0;
    if (valid && nanos <= MOST_NANOS) return nanos / 1000;
    this.note(
      where +
        ': expected a duration of whole milliseconds such as 1s, 1m or 1h30m, found "' +
        text +
        '"',
    );
    return 1000;
  }

  /** Which headers are told, as the gateway's configuration says. */
  tell<T>(limiter: Limiter, headers: T | null): void {
    if (headers === null) return;
    limiter.announcement.xRateLimit = headers.include_x_rate_limit;
    limiter.announcement.ietf = headers.include_ietf;
    limiter.refusal.retryAfter = headers.include_retry_after;
  }

  note(problem: string): void {
    if (this.problem === null) this.problem = problem;
  }
}
