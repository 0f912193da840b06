/** Numbers of JSON (RFC 8259, section 6). */

/** Past the number without sign at `p`; 0 if there is none. What follows it is not looked at. */
export function numberEnd(p: usize, end: usize): usize {
  if (p >= end) return 0;
  const first = <u32>load<u8>(p);
  if (first == 0x30) p++;
  else {
    const start = p;
    p = digits(p, end);
    if (p == start) return 0;
  }
  if (p < end && load<u8>(p) == 0x2e) {
    const start = ++p;
    p = digits(p, end);
    if (p == start) return 0;
  }
  if (p < end && (load<u8>(p) | 0x20) == 0x65) {
    p++;
    if (p < end && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) p++;
    const start = p;
    p = digits(p, end);
    if (p == start) return 0;
  }
  return p;
}

function digits(p: usize, end: usize): usize {
  while (p < end && <u32>load<u8>(p) - 0x30 < 10) p++;
  return p;
}

/** Whether the checked number is written without fraction and exponent and fits 64 bits with sign. */
export function isWhole(p: usize, end: usize): bool {
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  if (end - p > 19) return false;
  let value: u64 = 0;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 0x30;
    if (digit > 9) return false;
    value = value * 10 + <u64>digit;
  }
  return value <= <u64>i64.MAX_VALUE + <u64>negative;
}

/** The value of a number that `isWhole`. */
export function wholeValue(p: usize, end: usize): i64 {
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  let value: i64 = 0;
  for (; p < end; p++) value = value * 10 + <i64>(load<u8>(p) - 0x30);
  return negative ? -value : value;
}

/** The nearest double of a checked number; infinite if it is too large for one. */
export function numberValue(p: usize, end: usize): f64 {
  if (end - p <= 15 && isWhole(p, end) && load<u8>(p) != 0x2d) return <f64>wholeValue(p, end);
  return F64.parseFloat(String.UTF8.decodeUnsafe(p, end - p));
}
