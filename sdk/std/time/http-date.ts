/**
 * Dates of HTTP (RFC 9110, section 5.6.7) in seconds since 1970: writes the preferred form, reads it and
 * the two obsolete ones. The day of the week is read but not compared.
 */
import {
  dateOfDays,
  daysInMonth,
  daysOfDate,
  digitsAt,
  floorDiv,
  NO_TIME,
  padded,
  weekday,
} from "./civil";

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const DAYS = "SunMonTueWedThuFriSat";

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
export function httpDate(seconds: i64): string {
  const days = floorDiv(seconds, 86400);
  const time = <i32>(seconds - days * 86400);
  const date = dateOfDays(days);
  const month = (date / 100) % 100;
  const day = weekday(days);
  return (
    DAYS.substring(day * 3, day * 3 + 3) +
    ", " +
    padded(date % 100, 2) +
    " " +
    MONTHS.substring(month * 3 - 3, month * 3) +
    " " +
    padded(date / 10000, 4) +
    " " +
    padded(time / 3600, 2) +
    ":" +
    padded((time / 60) % 60, 2) +
    ":" +
    padded(time % 60, 2) +
    " GMT"
  );
}

/** Seconds since 1970, `NO_TIME` for anything else. A year of two digits is from 1970 to 2069. */
export function parseHttpDate(text: string): i64 {
  const comma = text.indexOf(",");
  if (comma == 3 && text.length == 29 && text.endsWith(" GMT")) {
    if (!isDay(text.substring(0, 3)) || text.charAt(4) != " " || text.charAt(7) != " ")
      return NO_TIME;
    if (text.charAt(11) != " " || text.charAt(16) != " ") return NO_TIME;
    return at(digitsAt(text, 12, 4), monthAt(text, 8), digitsAt(text, 5, 2), text, 17);
  }
  if (comma >= 6 && comma <= 9 && text.length == comma + 24 && text.endsWith(" GMT")) {
    if (!isLongDay(text.substring(0, comma)) || text.charAt(comma + 1) != " ") return NO_TIME;
    if (text.charAt(comma + 4) != "-" || text.charAt(comma + 8) != "-") return NO_TIME;
    if (text.charAt(comma + 11) != " ") return NO_TIME;
    const short = digitsAt(text, comma + 9, 2);
    const year = short < 0 ? -1 : short < 70 ? 2000 + short : 1900 + short;
    const day = digitsAt(text, comma + 2, 2);
    return at(year, monthAt(text, comma + 5), day, text, comma + 12);
  }
  if (text.length == 24 && isDay(text.substring(0, 3)) && text.charAt(3) == " ") {
    if (text.charAt(7) != " " || text.charAt(10) != " " || text.charAt(19) != " ") return NO_TIME;
    const day = text.charAt(8) == " " ? digitsAt(text, 9, 1) : digitsAt(text, 8, 2);
    return at(digitsAt(text, 20, 4), monthAt(text, 4), day, text, 11);
  }
  return NO_TIME;
}

function at(year: i32, month: i32, day: i32, text: string, from: i32): i64 {
  const hour = digitsAt(text, from, 2);
  const minute = digitsAt(text, from + 3, 2);
  const second = digitsAt(text, from + 6, 2);
  if (text.charAt(from + 2) != ":" || text.charAt(from + 5) != ":") return NO_TIME;
  if ((year | month | day | hour | minute | second) < 0) return NO_TIME;
  if (day < 1 || day > daysInMonth(year, month)) return NO_TIME;
  if (hour > 23 || minute > 59 || second > 60) return NO_TIME;
  return daysOfDate(year, month, day) * 86400 + <i64>(hour * 3600 + minute * 60 + second);
}

function monthAt(text: string, from: i32): i32 {
  const place = MONTHS.indexOf(text.substring(from, from + 3));
  return place < 0 || place % 3 != 0 ? -1 : place / 3 + 1;
}

function isDay(name: string): bool {
  const place = DAYS.indexOf(name);
  return name.length == 3 && place >= 0 && place % 3 == 0;
}

function isLongDay(name: string): bool {
  if (!isDay(name.substring(0, 3))) return false;
  const rest = name.substring(3);
  return rest == "day" || rest == "sday" || rest == "nesday" || rest == "rsday" || rest == "urday";
}
