/** Windows of the calendar: a quota that starts anew with the day or the month of some place. */
import { Period, windowEnd, windowStart } from "../../std/time/window";
import { CountingWindow } from "./windows";

const SECOND: i64 = 1000000;

export class CalendarWindow extends CountingWindow {
  constructor(
    limit: i64,
    private period: Period,
    /** Of the place's clock, in seconds east of UTC. */
    private offset: i32,
  ) {
    super("calendar", limit, 0);
  }

  startAt(now: i64): i64 {
    return windowStart(now / SECOND, this.period, this.offset) * SECOND;
  }

  endAt(now: i64): i64 {
    return windowEnd(now / SECOND, this.period, this.offset) * SECOND;
  }

  windowAt(now: i64): i64 {
    return this.endAt(now) - this.startAt(now);
  }
}
