/**
 * Durations as Go writes them, in nanoseconds: `1h30m`, `1.5s`, `250ms`, `-2m`, and `0`. Units: ns, us,
 * µs, ms, s, m, h. A text that is none, or more than 292 years, is `NO_TIME`.
 */
import { NO_TIME } from "./civil";

export const NANOSECOND: i64 = 1;
export const MILLISECOND: i64 = 1000000;
export const SECOND: i64 = 1000000000;

/** Longer ones are no durations: keeps every step within 64 bits. */
const MOST_UNITS: i32 = 64;

export function parseDuration(text: string): i64 {
  if (text.length > MOST_UNITS) return NO_TIME;
  let i = 0;
  const negative = text.startsWith("-");
  if (negative || text.startsWith("+")) i++;
  if (i >= text.length) return NO_TIME;
  if (i == text.length - 1 && text.charCodeAt(i) == 0x30) return 0;
  let total: u64 = 0;
  while (i < text.length) {
    const start = i;
    while (i < text.length && isDigitOrDot(text.charCodeAt(i))) i++;
    const unitStart = i;
    while (i < text.length && !isDigitOrDot(text.charCodeAt(i))) i++;
    const part = amount(text, start, unitStart, unitOf(text.substring(unitStart, i)));
    if (part > <u64>i64.MAX_VALUE - total) return NO_TIME;
    total += part;
  }
  return negative ? -(<i64>total) : <i64>total;
}

/** As `parseDuration`, but one number and one of ms, s, m and h: `30s`, `1.5m`; never negative. */
export function parseSingleDuration(text: string): i64 {
  let i = 0;
  while (i < text.length && isDigitOrDot(text.charCodeAt(i))) i++;
  const unit = text.substring(i);
  if (text.length > MOST_UNITS || (unit != "ms" && unit != "s" && unit != "m" && unit != "h")) {
    return NO_TIME;
  }
  if (!i || text.charCodeAt(0) == 0x2e || text.charCodeAt(i - 1) == 0x2e) return NO_TIME;
  const part = amount(text, 0, i, unitOf(unit));
  return part > <u64>i64.MAX_VALUE ? NO_TIME : <i64>part;
}

function isDigitOrDot(unit: u32): bool {
  return unit - 0x30 < 10 || unit == 0x2e;
}

function unitOf(name: string): u64 {
  if (name == "s") return 1000000000;
  if (name == "ms") return 1000000;
  if (name == "m") return 60000000000;
  if (name == "h") return 3600000000000;
  if (name == "us" || name == "µs" || name == "μs") return 1000;
  return name == "ns" ? 1 : 0;
}

/** The number from `start` to `end` times `unit`; `u64.MAX_VALUE` if it is none or too large. */
function amount(text: string, start: i32, end: i32, unit: u64): u64 {
  if (start == end || !unit) return u64.MAX_VALUE;
  let value: u64 = 0;
  let dot = -1;
  let fraction: u64 = 0;
  let scale = unit;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x2e) {
      if (dot >= 0) return u64.MAX_VALUE;
      dot = i;
    } else if (dot < 0) {
      if (value > <u64>i64.MAX_VALUE / 10) return u64.MAX_VALUE;
      value = value * 10 + <u64>(code - 0x30);
    } else {
      // What is below a nanosecond is cut off digit by digit.
      fraction += (scale * <u64>(code - 0x30)) / 10;
      scale /= 10;
    }
  }
  if (dot >= 0 && end - start == 1) return u64.MAX_VALUE;
  if (value > <u64>i64.MAX_VALUE / unit) return u64.MAX_VALUE;
  return value * unit + fraction;
}
