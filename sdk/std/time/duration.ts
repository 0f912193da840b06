/** Lengths of time as people write them: Go's `1h30m`, and the simpler `30s`. In nanoseconds. */

/** What is answered for a text that is no duration. */
export const NO_DURATION: i64 = i64.MIN_VALUE;

/** Reads a duration as Go does: `1h30m`, `-1.5h`, `300ms`, `0`; 290 years at most. */
export function parseDuration(text: string): i64 {
  let at = 0;
  let negative = false;
  if (text.length && (text.charCodeAt(0) == 0x2d || text.charCodeAt(0) == 0x2b)) {
    negative = text.charCodeAt(at++) == 0x2d;
  }
  if (text.length - at == 1 && text.charCodeAt(at) == 0x30) return 0;
  if (at == text.length) return NO_DURATION;
  let total: u64 = 0;
  while (at < text.length) {
    let whole: u64 = 0;
    const start = at;
    for (; at < text.length && <u32>(text.charCodeAt(at) - 0x30) < 10; at++) {
      if (whole > <u64>i64.MAX_VALUE / 10) return NO_DURATION;
      whole = whole * 10 + (text.charCodeAt(at) - 0x30);
    }
    let digits = at - start;
    let fraction: u64 = 0;
    let scale: u64 = 1;
    if (at < text.length && text.charCodeAt(at) == 0x2e) {
      for (at++; at < text.length && <u32>(text.charCodeAt(at) - 0x30) < 10; at++, digits++) {
        // Digits beyond the twelfth are below a nanosecond of an hour.
        if (scale >= 1000000000000) continue;
        fraction = fraction * 10 + (text.charCodeAt(at) - 0x30);
        scale *= 10;
      }
    }
    if (!digits) return NO_DURATION;
    const unitStart = at;
    while (at < text.length && text.charCodeAt(at) != 0x2e && <u32>(text.charCodeAt(at) - 0x30) > 9)
      at++;
    const unit = unitOf(text.substring(unitStart, at));
    if (!unit || whole > <u64>i64.MAX_VALUE / unit) return NO_DURATION;
    total += whole * unit + <u64>(<f64>fraction * (<f64>unit / <f64>scale));
    if (total > <u64>i64.MAX_VALUE) return NO_DURATION;
  }
  return negative ? -(<i64>total) : <i64>total;
}

/** Reads one whole number and one unit, `500ms`, `30s`, `5m`, `12h`, `7d`; not negative. */
export function parseSimpleDuration(text: string): i64 {
  let at = 0;
  while (at < text.length && <u32>(text.charCodeAt(at) - 0x30) < 10) at++;
  if (!at || at > 15) return NO_DURATION;
  const unit = text.substring(at);
  const count = I64.parseInt(text.substring(0, at));
  const size =
    unit == "d" ? <u64>86400000000000 : unit == "ns" || unit.length > 2 ? 0 : unitOf(unit);
  return !size || count > i64.MAX_VALUE / <i64>size ? NO_DURATION : count * <i64>size;
}

function unitOf(name: string): u64 {
  if (name == "ns") return 1;
  if (name == "us" || name == "\u00b5s" || name == "\u03bcs") return 1000;
  if (name == "ms") return 1000000;
  if (name == "s") return 1000000000;
  if (name == "m") return 60000000000;
  return name == "h" ? 3600000000000 : 0;
}

/** As Go prints it: `1h30m0s`, `1.5s`, `300ms`. */
export function formatDuration(nanos: i64): string {
  if (!nanos) return "0s";
  const sign = nanos < 0 ? "-" : "";
  const size = nanos < 0 ? <u64>0 - <u64>nanos : <u64>nanos;
  if (size < 1000) return sign + size.toString() + "ns";
  if (size < 1000000) return sign + decimal(size, 1000) + "\u00b5s";
  if (size < 1000000000) return sign + decimal(size, 1000000) + "ms";
  const minutes = size / 60000000000;
  let text = decimal(size % 60000000000, 1000000000) + "s";
  if (minutes) text = (minutes % 60).toString() + "m" + text;
  if (minutes >= 60) text = (minutes / 60).toString() + "h" + text;
  return sign + text;
}

function decimal(value: u64, unit: u64): string {
  let rest = value % unit;
  let text = (value / unit).toString();
  if (!rest) return text;
  text += ".";
  while (rest) {
    rest *= 10;
    text += (rest / unit).toString();
    rest %= unit;
  }
  return text;
}
