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

/** A period by its name; a year if it is none. */
export function periodOf(name: string): Period {
  if (name == "minute") return Period.Minute;
  if (name == "hour") return Period.Hour;
  if (name == "day") return Period.Day;
  if (name == "week") return Period.Week;
  return name == "month" ? Period.Month : Period.Year;
}

/** Seconds east of UTC of an offset such as `-03:30`, or `Z`. */
export function secondsOf(offset: string): i32 {
  if (offset.length != 6) return 0;
  const hours = I32.parseInt(offset.substring(1, 3));
  const seconds = (hours * 60 + I32.parseInt(offset.substring(4))) * 60;
  return offset.charCodeAt(0) == 0x2d ? -seconds : seconds;
}
