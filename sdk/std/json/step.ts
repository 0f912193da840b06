/**
 * Steps from value to value of a checked text, by address and without making anything. `end` is where
 * the text around ends; 0 means that there is nothing there.
 */
import { pastSpace } from "./space";
import { closingQuote, closingQuoteBefore, stringIs } from "./string";

/** Past the value at `p` of a checked text that ends at `end`. */
export function pastValue(p: usize, end: usize): usize {
  let level = 0;
  while (p < end) {
    const byte = <u32>load<u8>(p);
    // A letter with this bit: both kinds of brackets in one comparison.
    const bracket = byte | 0x20;
    if (byte == 0x22) {
      p = closingQuoteBefore(p + 1, end) + 1;
      if (!level) return p;
    } else if (bracket == 0x7b) {
      level++;
      p++;
    } else if (bracket == 0x7d) {
      if (!level) return p;
      p++;
      if (!--level) return p;
    } else if (!level) {
      return scalarEnd(p, end);
    } else {
      do p++;
      while (p < end && load<u8>(p) != 0x22 && !isBracket(load<u8>(p)));
    }
  }
  return p;
}

function scalarEnd(p: usize, end: usize): usize {
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte <= 0x20 || byte == 0x2c || isBracket(byte)) break;
    p++;
  }
  return p;
}

/** Of either kind, opening or closing: from `{` they are 0 or 2 away once the case bit is set. */
function isBracket(byte: u32): bool {
  return !(((byte | 0x20) - 0x7b) & ~2);
}

/** The first key of the object or first item of the array at `start`. */
export function firstMember(start: usize, end: usize): usize {
  const byte = load<u8>(start);
  if (byte != 0x7b && byte != 0x5b) return 0;
  const p = pastSpace(start + 1, end);
  return load<u8>(p) == byte + 2 ? 0 : p;
}

/** The key or item after the value that ends at `p`. */
export function memberAfter(p: usize, end: usize): usize {
  p = pastSpace(p, end);
  return p < end && load<u8>(p) == 0x2c ? pastSpace(p + 1, end) : 0;
}

/** The value of the key whose quote is at `key`. */
export function valueOfKey(key: usize, end: usize): usize {
  const colon = pastSpace(closingQuote(key + 1) + 1, end);
  return pastSpace(colon + 1, end);
}

export function keyIs(key: usize, text: string): bool {
  // Most keys differ in their first letter already; one that is escaped says nothing there.
  const first = <u32>load<u8>(key, 1);
  if (text.length && first < 0x80 && first != 0x5c && text.charCodeAt(0) != first) return false;
  return stringIs(key + 1, closingQuote(key + 1), text);
}

/** The quote of the last key that reads `key`, of the object at `start`. */
export function lastMember(start: usize, end: usize, key: string): usize {
  if (load<u8>(start) != 0x7b) return 0;
  let found: usize = 0;
  let p = firstMember(start, end);
  while (p) {
    if (keyIs(p, key)) found = p;
    p = memberAfter(pastValue(valueOfKey(p, end), end), end);
  }
  return found;
}

/** The item at `index`, from the end if negative, of the array at `start`. */
export function itemAt(start: usize, end: usize, index: i32): usize {
  if (load<u8>(start) != 0x5b) return 0;
  if (index < 0) index += countOf(start, end);
  if (index < 0) return 0;
  let p = firstMember(start, end);
  while (p && index--) p = memberAfter(pastValue(p, end), end);
  return p;
}

export function countOf(start: usize, end: usize): i32 {
  const object = load<u8>(start) == 0x7b;
  let count = 0;
  let p = firstMember(start, end);
  while (p) {
    count++;
    p = memberAfter(pastValue(object ? valueOfKey(p, end) : p, end), end);
  }
  return count;
}
