/** Times of RFC 3339, section 5.6, in milliseconds since 1970. Digits below them are cut off. */
import { dateOfDays, daysInMonth, daysOfDate, digitsAt, floorDiv, NO_TIME, padded } from "./civil";

/** `2006-01-02T15:04:05.000Z`; without the fraction if it is zero. */
export function rfc3339(milliseconds: i64): string {
  const days = floorDiv(milliseconds, 86400000);
  const rest = <i32>(milliseconds - days * 86400000);
  const date = dateOfDays(days);
  const fraction = rest % 1000;
  return (
    padded(date / 10000, 4) +
    "-" +
    padded((date / 100) % 100, 2) +
    "-" +
    padded(date % 100, 2) +
    "T" +
    padded(rest / 3600000, 2) +
    ":" +
    padded((rest / 60000) % 60, 2) +
    ":" +
    padded((rest / 1000) % 60, 2) +
    (fraction ? "." + padded(fraction, 3) : "") +
    "Z"
  );
}

/** `NO_TIME` for anything else. A 60th second is taken for the start of the next minute. */
export function parseRfc3339(text: string): i64 {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const second = digitsAt(text, 17, 2);
  if ((year | month | day | hour | minute | second) < 0) return NO_TIME;
  if (text.charAt(4) != "-" || text.charAt(7) != "-") return NO_TIME;
  const letter = text.charAt(10);
  if (letter != "T" && letter != "t") return NO_TIME;
  if (text.charAt(13) != ":" || text.charAt(16) != ":") return NO_TIME;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NO_TIME;
  if (hour > 23 || minute > 59 || second > 60) return NO_TIME;
  let i = 19;
  let fraction = 0;
  if (text.charAt(i) == ".") {
    const start = ++i;
    while (i < text.length && <u32>text.charCodeAt(i) - 0x30 < 10) i++;
    if (i == start || i - start > 18) return NO_TIME;
    fraction = digitsAt(text.substring(start, i).padEnd(3, "0"), 0, 3);
  }
  const offset = offsetAt(text, i);
  if (offset == i32.MIN_VALUE) return NO_TIME;
  const seconds = <i64>(hour * 3600 + minute * 60 + second - offset * 60);
  return (daysOfDate(year, month, day) * 86400 + seconds) * 1000 + <i64>fraction;
}

/** Minutes east of Greenwich, `i32.MIN_VALUE` if it is no offset or not the end of the text. */
function offsetAt(text: string, i: i32): i32 {
  const sign = text.charAt(i);
  if (sign == "Z" || sign == "z") return i + 1 == text.length ? 0 : i32.MIN_VALUE;
  if ((sign != "+" && sign != "-") || i + 6 != text.length) return i32.MIN_VALUE;
  const hour = digitsAt(text, i + 1, 2);
  const minute = digitsAt(text, i + 4, 2);
  if ((hour | minute) < 0 || hour > 23 || minute > 59) return i32.MIN_VALUE;
  if (text.charAt(i + 3) != ":") return i32.MIN_VALUE;
  return sign == "-" ? -(hour * 60 + minute) : hour * 60 + minute;
}
