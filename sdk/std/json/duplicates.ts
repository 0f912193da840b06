/**
 * Finds a key that stands twice in its object, in a checked text and in linear time: one table for
 * all keys of the text, at most half full; a key that meets `MOST_PROBES` others counts as repeated,
 * so that keys made to collide cost no more than others.
 */
import { pastSpace } from "./space";
import { closingQuote, closingQuoteBefore, sameString, stringHash } from "./string";

const MOST_PROBES: u32 = 64;

/** Where the second of two equal keys stands, 0 if no key is repeated. */
export function firstRepeated(start: usize, end: usize, keys: i32, depth: i32): usize {
  if (keys < 2) return 0;
  let slots: u32 = 8;
  while (slots < (<u32>keys) << 1) slots <<= 1;
  // For each slot: where the key's inside starts, and the number of its object.
  const table = new StaticArray<u32>(<i32>(slots << 1));
  // The numbers of the objects around; 0 for an array.
  const around = new StaticArray<u32>(depth + 1);
  let level = 0;
  let objects: u32 = 0;
  let p = start;
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte == 0x7b) unchecked((around[++level] = ++objects));
    else if (byte == 0x5b) unchecked((around[++level] = 0));
    else if (byte == 0x7d || byte == 0x5d) level--;
    else if (byte == 0x22) {
      const inside = p + 1;
      const close = closingQuoteBefore(inside, end);
      p = close + 1;
      const object = unchecked(around[level]);
      if (!object) continue;
      p = pastSpace(p, end);
      if (p >= end || load<u8>(p) != 0x3a) continue;
      let slot = stringHash(inside, close, object) & (slots - 1);
      for (let probe: u32 = 1; ; probe++) {
        const other = <usize>unchecked(table[slot << 1]);
        if (!other) break;
        if (probe > MOST_PROBES) return inside - 1;
        if (
          unchecked(table[(slot << 1) + 1]) == object &&
          sameString(inside, close, other, closingQuote(other))
        ) {
          return inside - 1;
        }
        slot = (slot + probe) & (slots - 1);
      }
      unchecked((table[slot << 1] = <u32>inside));
      unchecked((table[(slot << 1) + 1] = object));
      continue;
    }
    do p++;
    while (p < end && <u32>load<u8>(p) != 0x22 && <u32>load<u8>(p) < 0x5b);
  }
  return 0;
}
