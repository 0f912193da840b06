/** A point in time, and the proleptic Gregorian calendar in UTC (without leap seconds). */

export const SECONDS_A_DAY: i64 = 86400;

export class Instant {
  constructor(
    /** Seconds since 1970-01-01T00:00:00Z. */
    readonly seconds: i64,
    /** 0 to 999,999,999, on top of the seconds. */
    readonly nanos: i32 = 0,
  ) {}

  get milliseconds(): i64 {
    return this.seconds * 1000 + this.nanos / 1000000;
  }
}

export function isLeapYear(year: i32): bool {
  return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

export function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return isLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from 1970-01-01 to a date; months and days count from 1. */
export function daysOf(year: i32, month: i32, day: i32): i64 {
  // Years that begin in March have their leap day at the end.
  const y = <i64>(month <= 2 ? year - 1 : year);
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = <i64>((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1);
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** A date and a time of day in UTC. */
export class Civil {
  readonly year: i32;
  readonly month: i32;
  readonly day: i32;
  readonly secondOfDay: i32;
  /** 0 is Sunday. */
  readonly weekday: i32;

  constructor(seconds: i64) {
    const days = floorDivide(seconds, SECONDS_A_DAY);
    this.secondOfDay = <i32>(seconds - days * SECONDS_A_DAY);
    this.weekday = <i32>(days + 4 - floorDivide(days + 4, 7) * 7);
    const shifted = days + 719468;
    const era = floorDivide(shifted, 146097);
    const dayOfEra = shifted - era * 146097;
    const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const dayOfYear = <i32>(dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100));
    const shiftedMonth = (5 * dayOfYear + 2) / 153;
    this.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
    this.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    this.year = <i32>(yearOfEra + era * 400) + (shiftedMonth >= 10 ? 1 : 0);
  }

  get hour(): i32 {
    return this.secondOfDay / 3600;
  }

  get minute(): i32 {
    return (this.secondOfDay / 60) % 60;
  }

  get second(): i32 {
    return this.secondOfDay % 60;
  }

  /** From 1. */
  get dayOfYear(): i32 {
    return <i32>(daysOf(this.year, this.month, this.day) - daysOf(this.year, 1, 1)) + 1;
  }
}

export function floorDivide(a: i64, b: i64): i64 {
  const quotient = a / b;
  return a % b != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
}

/** The number that `count` digits from `at` on make, -1 if there are fewer. */
export function digitsAt(text: string, at: i32, count: i32): i32 {
  if (at + count > text.length) return -1;
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = <u32>(text.charCodeAt(i) - 0x30);
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `value` in at least `count` digits. */
export function padded(value: i32, count: i32): string {
  let text = value.toString();
  while (text.length < count) text = "0" + text;
  return text;
}
