/** Calendar windows in UTC, in milliseconds since 1970. Weeks start on Monday. */
import { dateOfDays, daysOfDate, floorDiv, weekday } from "./civil";

const DAY: i64 = 86400000;

export enum Window {
  Minute,
  Hour,
  Day,
  Week,
  Month,
  Year,
}

/** When the window began that `now` is in. */
export function windowStart(now: i64, window: Window): i64 {
  if (window == Window.Minute) return floorDiv(now, 60000) * 60000;
  if (window == Window.Hour) return floorDiv(now, 3600000) * 3600000;
  const days = floorDiv(now, DAY);
  if (window == Window.Day) return days * DAY;
  if (window == Window.Week) return (days - <i64>((weekday(days) + 6) % 7)) * DAY;
  const date = dateOfDays(days);
  const month = window == Window.Month ? (date / 100) % 100 : 1;
  return daysOfDate(date / 10000, month, 1) * DAY;
}

/** When the next window begins. */
export function windowEnd(now: i64, window: Window): i64 {
  const start = windowStart(now, window);
  if (window == Window.Minute) return start + 60000;
  if (window == Window.Hour) return start + 3600000;
  if (window == Window.Day) return start + DAY;
  if (window == Window.Week) return start + 7 * DAY;
  // Long enough into the next one, whatever the month or year.
  return windowStart(start + (window == Window.Month ? 32 : 367) * DAY, window);
}
