/** Dates of HTTP (RFC 9110, section 5.6.7): written in one form, read in all three. */
import { Civil, Instant, daysInMonth, daysOf, digitsAt, padded } from "./instant";

const DAYS = "SunMonTueWedThuFriSat";
const LONG_DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday";
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
export function formatHttpDate(seconds: i64): string {
  const at = new Civil(seconds);
  const day = DAYS.substr(at.weekday * 3, 3) + ", " + padded(at.day, 2) + " ";
  const month = MONTHS.substr(at.month * 3 - 3, 3) + " " + padded(at.year, 4) + " ";
  return (
    day +
    month +
    padded(at.hour, 2) +
    ":" +
    padded(at.minute, 2) +
    ":" +
    padded(at.second, 2) +
    " GMT"
  );
}

/**
 * Reads the fixed form, RFC 850's and asctime's; null if it is none of them. `now`, in seconds, tells the
 * century of a year of two digits: one that would lie more than 50 years ahead is in the past.
 */
export function parseHttpDate(text: string, now: i64): Instant | null {
  const comma = text.indexOf(",");
  if (comma == 3) {
    if (text.length != 29 || !text.endsWith(" GMT") || !isDay(text.substring(0, 3))) return null;
    if (!spaces(text, 4, 7, 11, 16)) return null;
    return instant(
      digitsAt(text, 12, 4),
      text.substr(8, 3),
      digitsAt(text, 5, 2),
      text.substring(17, 25),
    );
  }
  if (comma > 0) {
    const rest = text.substring(comma + 1);
    if (rest.length != 23 || !rest.endsWith(" GMT") || !isLongDay(text.substring(0, comma)))
      return null;
    if (rest.charCodeAt(3) != 0x2d || rest.charCodeAt(7) != 0x2d || !spaces(rest, 0, 10, 10, 10))
      return null;
    const short = digitsAt(rest, 8, 2);
    if (short < 0) return null;
    const thisYear = new Civil(now).year;
    let year = thisYear - (thisYear % 100) + short;
    if (year > thisYear + 50) year -= 100;
    return instant(year, rest.substr(4, 3), digitsAt(rest, 1, 2), rest.substring(11, 19));
  }
  if (text.length != 24 || !isDay(text.substring(0, 3)) || !spaces(text, 3, 7, 10, 19)) return null;
  const day = text.charCodeAt(8) == 0x20 ? digitsAt(text, 9, 1) : digitsAt(text, 8, 2);
  return instant(digitsAt(text, 20, 4), text.substr(4, 3), day, text.substring(11, 19));
}

function spaces(text: string, a: i32, b: i32, c: i32, d: i32): bool {
  return (
    text.charCodeAt(a) == 0x20 &&
    text.charCodeAt(b) == 0x20 &&
    text.charCodeAt(c) == 0x20 &&
    text.charCodeAt(d) == 0x20
  );
}

function isDay(name: string): bool {
  return DAYS.indexOf(name) % 3 == 0;
}

function isLongDay(name: string): bool {
  const at = LONG_DAYS.indexOf(name);
  return at >= 0 && name.endsWith("day") && (at == 0 || LONG_DAYS.charCodeAt(at - 1) == 0x20);
}

function instant(year: i32, monthName: string, day: i32, time: string): Instant | null {
  const place = MONTHS.indexOf(monthName);
  if (place < 0 || place % 3) return null;
  const month = place / 3 + 1;
  const hour = digitsAt(time, 0, 2);
  const minute = digitsAt(time, 3, 2);
  const second = digitsAt(time, 6, 2);
  if (time.charCodeAt(2) != 0x3a || time.charCodeAt(5) != 0x3a) return null;
  if (year < 1 || day < 1 || day > daysInMonth(year, month)) return null;
  // A leap second is written as 60.
  if (<u32>hour > 23 || <u32>minute > 59 || <u32>second > 60) return null;
  return new Instant(daysOf(year, month, day) * 86400 + hour * 3600 + minute * 60 + second);
}
