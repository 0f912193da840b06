/** Dates of the Gregorian calendar and days since 1970-01-01, by the 400 years in which it repeats. */

/** Stands for a text that is no time and no duration. */
export const NO_TIME: i64 = i64.MIN_VALUE;

export function daysOfDate(year: i32, month: i32, day: i32): i64 {
  const y = <i64>(month > 2 ? year : year - 1);
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = <i64>((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1);
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The date of a day: year · 10,000 + month · 100 + day. */
export function dateOfDays(days: i64): i32 {
  const z = days + 719468;
  const era = (z >= 0 ? z : z - 146096) / 146097;
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * shifted + 2) / 5 + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + <i64>(month <= 2);
  return <i32>(year * 10000 + month * 100 + day);
}

export function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** 0 is Sunday. */
export function weekday(days: i64): i32 {
  const day = <i32>((days + 4) % 7);
  return day < 0 ? day + 7 : day;
}

/** Rounds towards the past, also before 1970. */
export function floorDiv(a: i64, b: i64): i64 {
  const q = a / b;
  return a % b < 0 ? q - 1 : q;
}

/** The number that `count` digits at `from` write, -1 if they are not digits. */
export function digitsAt(text: string, from: i32, count: i32): i32 {
  if (from + count > text.length) return -1;
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = <u32>text.charCodeAt(i) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + <i32>digit;
  }
  return value;
}

/** `value` with zeros in front to `count` digits. */
export function padded(value: i32, count: i32): string {
  return value.toString().padStart(count, "0");
}
