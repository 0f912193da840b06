/**
 * Strings of JSON (RFC 8259, section 7). `stringEnd` checks; everything else trusts a string that was
 * checked. A half surrogate pair is refused, raw or escaped: readers disagree on what it means.
 */
import { hexValue } from "../encoding/hex";
import { putUtf8, utf8Point, utf8Size, utf8Text, utf8Units, pointAt } from "../encoding/utf8";

const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

/**
 * Past the quote that ends the string whose inside starts at `p`; 0 if it is broken. Escapes and what is
 * not ASCII have loops of their own, because a loop is metered by all that is written in it.
 */
export function stringEnd(p: usize, end: usize): usize {
  while (true) {
    p = plainEnd(p, end);
    if (p >= end) return 0;
    const byte = <u32>load<u8>(p);
    if (byte == 0x22) return p + 1;
    if (byte < 0x20) return 0;
    if (byte == 0x5c) {
      do {
        const size = escapeSize(p, end);
        if (!size) return 0;
        p += size;
      } while (p < end && load<u8>(p) == 0x5c);
    } else {
      do {
        const size = utf8Size(p, end);
        if (!size) return 0;
        p += size;
      } while (p < end && load<u8>(p) >= 0x80);
    }
  }
}

/** The first byte from `p` on that is a quote, a backslash, a control or not ASCII; or the end. */
function plainEnd(p: usize, end: usize): usize {
  while (end - p >= 8) {
    const eight = load<u64>(p);
    const quote = eight ^ (ONES * 0x22);
    const slash = eight ^ (ONES * 0x5c);
    const special = ((eight - ONES * 0x20) | (quote - ONES) | (slash - ONES) | eight) & HIGHS;
    if (special) {
      // The lowest bit that is set is right, as a borrow comes from below.
      return p + ((<usize>ctz<u64>(special)) >> 3);
    }
    p += 8;
  }
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte == 0x22 || byte == 0x5c || byte - 0x20 >= 0x60) break;
    p++;
  }
  return p;
}

/** Bytes of the escape at `p`, a surrogate pair counted as one; 0 if it is not valid. */
function escapeSize(p: usize, end: usize): usize {
  if (end - p < 2) return 0;
  switch (<u32>load<u8>(p, 1)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return 2;
    case 0x75:
      break;
    default:
      return 0;
  }
  if (end - p < 6) return 0;
  const unit = fourDigits(p + 2);
  if (unit < 0 || (unit & 0xfc00) == 0xdc00) return 0;
  if ((unit & 0xfc00) != 0xd800) return 6;
  if (end - p < 12 || load<u16>(p, 6) != 0x755c) return 0;
  const low = fourDigits(p + 8);
  return low >= 0 && (low & 0xfc00) == 0xdc00 ? 12 : 0;
}

function fourDigits(p: usize): i32 {
  const a = hexValue(load<u8>(p));
  const b = hexValue(load<u8>(p, 1));
  const c = hexValue(load<u8>(p, 2));
  const d = hexValue(load<u8>(p, 3));
  return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d;
}

/** The character at `p` of a checked string: its code point, and above bit 24 the bytes it takes. */
export function nextPoint(p: usize): u32 {
  const byte = <u32>load<u8>(p);
  if (byte >= 0x80) {
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return utf8Point(p, size) | (size << 24);
  }
  if (byte != 0x5c) return byte | (1 << 24);
  const letter = <u32>load<u8>(p, 1);
  if (letter == 0x75) {
    const unit = <u32>fourDigits(p + 2);
    if ((unit & 0xfc00) != 0xd800) return unit | (6 << 24);
    return ((unit - 0xd7c0) << 10) | ((<u32>fourDigits(p + 8)) & 0x3ff) | (12 << 24);
  }
  let point = letter;
  if (letter == 0x62) point = 8;
  else if (letter == 0x66) point = 12;
  else if (letter == 0x6e) point = 10;
  else if (letter == 0x72) point = 13;
  else if (letter == 0x74) point = 9;
  return point | (2 << 24);
}

/** The closing quote of the checked string whose inside starts at `p`. */
export function closingQuote(p: usize): usize {
  while (true) {
    const byte = load<u8>(p);
    if (byte == 0x22) return p;
    p += byte == 0x5c ? 2 : 1;
  }
}

/** As `closingQuote`, eight bytes a step, for text that is known to end at `end`. */
export function closingQuoteBefore(p: usize, end: usize): usize {
  while (p < end) {
    while (end - p >= 8) {
      const eight = load<u64>(p);
      const quote = eight ^ (ONES * 0x22);
      const slash = eight ^ (ONES * 0x5c);
      // A bit above the first of them can be set in error, one below cannot.
      const found = (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash)) & HIGHS;
      if (found) {
        p += (<usize>ctz<u64>(found)) >> 3;
        break;
      }
      p += 8;
    }
    if (p >= end) break;
    const byte = load<u8>(p);
    if (byte == 0x22) return p;
    p += byte == 0x5c ? 2 : 1;
  }
  return end;
}

/** The text of the inside of a checked string. */
export function stringText(p: usize, end: usize): string {
  let escaped = false;
  for (let q = p; q < end; q++) {
    if (load<u8>(q) == 0x5c) {
      escaped = true;
      break;
    }
  }
  if (!escaped) return utf8Text(p, end, max(utf8Units(p, end), 0));
  // Never longer than what it was written as.
  const room = new ArrayBuffer(<i32>(end - p));
  const start = changetype<usize>(room);
  let to = start;
  while (p < end) {
    const next = nextPoint(p);
    to += putUtf8(to, next & 0xffffff);
    p += next >> 24;
  }
  return utf8Text(start, to, max(utf8Units(start, to), 0));
}

/** Whether the inside of a checked string reads as `text`, without making the text. */
export function stringIs(p: usize, end: usize, text: string): bool {
  let i = 0;
  while (p < end) {
    if (i >= text.length) return false;
    const byte = <u32>load<u8>(p);
    if (byte < 0x80 && byte != 0x5c) {
      if (<u32>text.charCodeAt(i) != byte) return false;
      i++;
      p++;
      continue;
    }
    const next = nextPoint(p);
    const point = next & 0xffffff;
    if (pointAt(text, i) != point) return false;
    i += point >= 0x10000 ? 2 : 1;
    p += next >> 24;
  }
  return i == text.length;
}

export function sameString(p: usize, end: usize, q: usize, qEnd: usize): bool {
  while (p < end && q < qEnd) {
    const a = nextPoint(p);
    const b = nextPoint(q);
    if ((a & 0xffffff) != (b & 0xffffff)) return false;
    p += a >> 24;
    q += b >> 24;
  }
  return p == end && q == qEnd;
}

export function stringHash(p: usize, end: usize, seed: u32): u32 {
  let hash = seed ^ 0x811c9dc5;
  while (p < end) {
    const next = nextPoint(p);
    hash = rotl<u32>((hash ^ (next & 0xffffff)) * 0x9e3779b1, 13);
    p += next >> 24;
  }
  hash = (hash ^ (hash >> 15)) * 0x85ebca6b;
  return hash ^ (hash >> 13);
}
