/** Lengths of time in parameters. */
import { NO_DURATION, parseDuration } from "../std/time/duration";

/** Reads several, and remembers the first that is none. */
export class Durations {
  /** What is wrong, null if nothing is. */
  problem: string | null = null;

  /** Milliseconds of a text such as `5m`; 0 if it is wrong. */
  read(name: string, text: string): i64 {
    const nanoseconds = parseDuration(text);
    if (nanoseconds == NO_DURATION || nanoseconds < 0) {
      if (this.problem === null)
        this.problem = name + ': expected a duration such as 30s, found "' + text + '"';
      return 0;
    }
    return nanoseconds / 1000000;
  }
}
