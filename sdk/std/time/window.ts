/** Windows of the calendar, for quotas that start anew with an hour, a day, a week or a month. */
import { Civil, SECONDS_A_DAY, daysOf, floorDivide } from "./instant";

export enum Period {
  Second,
  Minute,
  Hour,
  Day,
  /** From Monday on. */
  Week,
  Month,
  Year,
}

/** Where the window of `period` that holds `seconds` begins; `offset` is the clock's, east of UTC. */
export function windowStart(seconds: i64, period: Period, offset: i32 = 0): i64 {
  const local = seconds + offset;
  switch (period) {
    case Period.Second:
      return seconds;
    case Period.Minute:
      return floorDivide(local, 60) * 60 - offset;
    case Period.Hour:
      return floorDivide(local, 3600) * 3600 - offset;
    case Period.Day:
      return floorDivide(local, SECONDS_A_DAY) * SECONDS_A_DAY - offset;
    case Period.Week: {
      // 1970-01-01 was a Thursday.
      const days = floorDivide(local, SECONDS_A_DAY);
      return (floorDivide(days + 3, 7) * 7 - 3) * SECONDS_A_DAY - offset;
    }
    case Period.Month: {
      const at = new Civil(local);
      return daysOf(at.year, at.month, 1) * SECONDS_A_DAY - offset;
    }
    default:
      return daysOf(new Civil(local).year, 1, 1) * SECONDS_A_DAY - offset;
  }
}

/** Where the next window begins. */
export function windowEnd(seconds: i64, period: Period, offset: i32 = 0): i64 {
  const start = windowStart(seconds, period, offset);
  switch (period) {
    case Period.Second:
      return start + 1;
    case Period.Minute:
      return start + 60;
    case Period.Hour:
      return start + 3600;
    case Period.Day:
      return start + SECONDS_A_DAY;
    case Period.Week:
      return start + 7 * SECONDS_A_DAY;
    case Period.Month: {
      const at = new Civil(start + offset);
      const next = at.month == 12 ? daysOf(at.year + 1, 1, 1) : daysOf(at.year, at.month + 1, 1);
      return next * SECONDS_A_DAY - offset;
    }
    default:
      return daysOf(new Civil(start + offset).year + 1, 1, 1) * SECONDS_A_DAY - offset;
  }
}
