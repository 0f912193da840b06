/** Bytes of lines: where one ends, and what it says. Names and values are compared without regard to case. */

export const CR: u8 = 13;
export const LF: u8 = 10;

/** What a search may read beyond its end: a whole step. */
export const STEP: usize = 16;

/** The first CR or LF in `from … to`, or `to`. */
export function lineEnd(from: usize, to: usize): usize {
  const cr = i8x16.splat(CR);
  const lf = i8x16.splat(LF);
  for (let at = from; at < to; at += STEP) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, cr), i8x16.eq(bytes, lf)));
    if (found) return min(at + ctz(found), to);
  }
  return to;
}

/** The first byte in `from … to` that is no letter, or `to`; CR, LF and tabs are none. */
export function controlAt(from: usize, to: usize): usize {
  const space = i8x16.splat(0x20);
  for (let at = from; at < to; at += STEP) {
    const found = i8x16.bitmask(i8x16.lt_u(v128.load(at), space));
    if (found) return min(at + ctz(found), to);
  }
  return to;
}

export function countSpaces(from: usize, to: usize): u32 {
  let count: u32 = 0;
  for (let at = from; at < to; at++) count += u32(load<u8>(at) == 0x20);
  return count;
}

export function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

/** Whether `text`, in small letters, stands at `at`. */
export function says(at: usize, to: usize, text: string): bool {
  const size = <usize>text.length;
  if (to - at < size) return false;
  const letters = changetype<usize>(text);
  for (let i: usize = 0; i < size; i++) {
    const byte = <u32>load<u8>(at + i);
    const small = byte - 65 < 26 ? byte | 0x20 : byte;
    if (small != <u32>load<u16>(letters + (i << 1))) return false;
  }
  return true;
}

/** Whether `text` is all there is. */
export function is(at: usize, to: usize, text: string): bool {
  return to - at == <usize>text.length && says(at, to, text);
}

/** `from … to` without blanks at its ends: where it begins. */
export function skipBlanks(from: usize, to: usize): usize {
  while (from < to && isBlank(load<u8>(from))) from++;
  return from;
}

/** The same: where it ends. */
export function dropBlanks(from: usize, to: usize): usize {
  while (to > from && isBlank(load<u8>(to - 1))) to--;
  return to;
}

/** A number of digits alone, or -1. More than 18 of them are none. */
export function decimal(from: usize, to: usize): i64 {
  if (from == to || to - from > 18) return -1;
  let value: i64 = 0;
  for (let at = from; at < to; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** What a line with a chunk's size says, or -1: digits, then nothing or an extension. More than 15 of them are none. */
export function chunkSize(from: usize, to: usize): i64 {
  let value: i64 = 0;
  let at = from;
  for (; at < to; at++) {
    const byte = <u32>load<u8>(at);
    let digit = byte - 48;
    if (digit > 9) {
      digit = (byte | 0x20) - 97;
      if (digit > 5) break;
      digit += 10;
    }
    value = (value << 4) + digit;
  }
  if (at == from || at - from > 15) return -1;
  if (at == to) return value;
  at = skipBlanks(at, to);
  return at < to && load<u8>(at) == 0x3b ? value : -1;
}
