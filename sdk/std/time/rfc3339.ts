/** Timestamps of RFC 3339, years 1 to 9999; a leap second is refused, as it is by most readers. */
import { Civil, Instant, daysInMonth, daysOf, digitsAt, padded } from "./instant";

/** The instant that `text` names, null if it is not of the form `2026-11-21T10:15:30.5+01:00`. */
export function parseRfc3339(text: string): Instant | null {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const second = digitsAt(text, 17, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (<u32>hour > 23 || <u32>minute > 59 || <u32>second > 59) return null;
  const separator = text.charCodeAt(10) | 0x20;
  if (text.charCodeAt(4) != 0x2d || text.charCodeAt(7) != 0x2d || separator != 0x74) return null;
  if (text.charCodeAt(13) != 0x3a || text.charCodeAt(16) != 0x3a) return null;
  let at = 19;
  let nanos = 0;
  if (at < text.length && text.charCodeAt(at) == 0x2e) {
    const from = ++at;
    let scale = 100000000;
    for (; at < text.length && <u32>(text.charCodeAt(at) - 0x30) < 10; at++) {
      nanos += (text.charCodeAt(at) - 0x30) * scale;
      scale /= 10;
    }
    if (at == from) return null;
  }
  let seconds = daysOf(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  if (at >= text.length) return null;
  const zone = text.charCodeAt(at);
  if ((zone | 0x20) == 0x7a) return at + 1 == text.length ? new Instant(seconds, nanos) : null;
  const offset = parseOffset(text, at);
  if (offset == NO_OFFSET) return null;
  seconds -= offset;
  return new Instant(seconds, nanos);
}

export const NO_OFFSET: i32 = i32.MIN_VALUE;

/** Seconds east of UTC that `+hh:mm` or `-hh:mm` means, up to the end of `text`. */
export function parseOffset(text: string, at: i32): i32 {
  if (at + 6 != text.length || text.charCodeAt(at + 3) != 0x3a) return NO_OFFSET;
  const sign = text.charCodeAt(at);
  const hours = digitsAt(text, at + 1, 2);
  const minutes = digitsAt(text, at + 4, 2);
  if ((sign != 0x2b && sign != 0x2d) || <u32>hours > 23 || <u32>minutes > 59) return NO_OFFSET;
  const seconds = hours * 3600 + minutes * 60;
  return sign == 0x2d ? -seconds : seconds;
}

/** In UTC, with as many digits of the fraction as there are, by threes. */
export function formatRfc3339(seconds: i64, nanos: i32): string {
  const at = new Civil(seconds);
  let text = padded(at.year, 4) + "-" + padded(at.month, 2) + "-" + padded(at.day, 2) + "T";
  text += padded(at.hour, 2) + ":" + padded(at.minute, 2) + ":" + padded(at.second, 2);
  if (nanos) {
    if (nanos % 1000000 == 0) text += "." + padded(nanos / 1000000, 3);
    else if (nanos % 1000 == 0) text += "." + padded(nanos / 1000, 6);
    else text += "." + padded(nanos, 9);
  }
  return text + "Z";
}
