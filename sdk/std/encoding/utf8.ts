/**
 * UTF-8 (RFC 3629): strict both ways. No overlong form, no surrogate, nothing above U+10FFFF.
 * One pass to check and count, one to convert; eight bytes a step while the text is ASCII.
 */

const HIGH_BITS: u64 = 0x8080808080808080;

/** Bytes of the well-formed character at `p`, 0 if it is not one. Never reads at or past `end`. */
export function utf8Size(p: usize, end: usize): i32 {
  if (p >= end) return 0;
  const a = <u32>load<u8>(p);
  if (a < 0x80) return 1;
  const left = end - p;
  if (a < 0xc2 || left < 2) return 0;
  const b = <u32>load<u8>(p, 1);
  if (a < 0xe0) return (b & 0xc0) == 0x80 ? 2 : 0;
  if (left < 3 || ((<u32>load<u8>(p, 2)) & 0xc0) != 0x80) return 0;
  if (a < 0xf0) {
    const low: u32 = a == 0xe0 ? 0xa0 : 0x80;
    const high: u32 = a == 0xed ? 0x9f : 0xbf;
    return b >= low && b <= high ? 3 : 0;
  }
  if (a > 0xf4 || left < 4 || ((<u32>load<u8>(p, 3)) & 0xc0) != 0x80) return 0;
  const low: u32 = a == 0xf0 ? 0x90 : 0x80;
  const high: u32 = a == 0xf4 ? 0x8f : 0xbf;
  return b >= low && b <= high ? 4 : 0;
}

/** The code point of the well-formed character at `p` that takes `size` bytes. */
export function utf8Point(p: usize, size: i32): u32 {
  const a = <u32>load<u8>(p);
  if (size == 1) return a;
  if (size == 2) return ((a & 0x1f) << 6) | ((<u32>load<u8>(p, 1)) & 0x3f);
  if (size == 3) {
    return ((a & 15) << 12) | (((<u32>load<u8>(p, 1)) & 63) << 6) | ((<u32>load<u8>(p, 2)) & 63);
  }
  return (
    ((a & 7) << 18) |
    (((<u32>load<u8>(p, 1)) & 63) << 12) |
    (((<u32>load<u8>(p, 2)) & 63) << 6) |
    ((<u32>load<u8>(p, 3)) & 63)
  );
}

/** Writes `point` at `to`, at most four bytes, and says how many. */
export function putUtf8(to: usize, point: u32): i32 {
  if (point < 0x80) {
    store<u8>(to, point);
    return 1;
  }
  if (point < 0x800) {
    store<u8>(to, 0xc0 | (point >> 6));
    store<u8>(to, 0x80 | (point & 63), 1);
    return 2;
  }
  if (point < 0x10000) {
    store<u8>(to, 0xe0 | (point >> 12));
    store<u8>(to, 0x80 | ((point >> 6) & 63), 1);
    store<u8>(to, 0x80 | (point & 63), 2);
    return 3;
  }
  store<u8>(to, 0xf0 | (point >> 18));
  store<u8>(to, 0x80 | ((point >> 12) & 63), 1);
  store<u8>(to, 0x80 | ((point >> 6) & 63), 2);
  store<u8>(to, 0x80 | (point & 63), 3);
  return 4;
}

/** UTF-16 units that the bytes take as text, -1 if they are not UTF-8. */
export function utf8Units(p: usize, end: usize): i32 {
  let units = 0;
  while (p < end) {
    while (end - p >= 8 && !(load<u64>(p) & HIGH_BITS)) {
      p += 8;
      units += 8;
    }
    if (p >= end) break;
    const size = utf8Size(p, end);
    if (!size) return -1;
    p += size;
    units += size == 4 ? 2 : 1;
  }
  return units;
}

/** The text of bytes that `utf8Units` counted: no check here. */
export function utf8Text(p: usize, end: usize, units: i32): string {
  const text = changetype<string>(__new((<usize>units) << 1, idof<string>()));
  let to = changetype<usize>(text);
  while (p < end) {
    const a = <u32>load<u8>(p);
    if (a < 0x80) {
      store<u16>(to, <u16>a);
      p++;
      to += 2;
      continue;
    }
    const size = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
    const point = utf8Point(p, size);
    p += size;
    if (point < 0x10000) {
      store<u16>(to, <u16>point);
      to += 2;
    } else {
      store<u16>(to, <u16>(0xd7c0 + (point >> 10)));
      store<u16>(to, <u16>(0xdc00 | (point & 0x3ff)), 2);
      to += 4;
    }
  }
  return text;
}

export function isUtf8(bytes: Uint8Array): bool {
  return utf8Units(bytes.dataStart, bytes.dataStart + <usize>bytes.byteLength) >= 0;
}

/** The text, or null if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const p = bytes.dataStart;
  const end = p + <usize>bytes.byteLength;
  const units = utf8Units(p, end);
  return units < 0 ? null : utf8Text(p, end, units);
}

/** The code point at unit `i`; half a surrogate pair counts as U+FFFD. */
export function pointAt(text: string, i: i32): u32 {
  const unit = <u32>text.charCodeAt(i);
  if ((unit & 0xf800) != 0xd800) return unit;
  if (unit < 0xdc00 && i + 1 < text.length) {
    const low = <u32>text.charCodeAt(i + 1);
    if ((low & 0xfc00) == 0xdc00) return ((unit - 0xd7c0) << 10) | (low & 0x3ff);
  }
  return 0xfffd;
}

/** Bytes that `text` takes in UTF-8. */
export function utf8Length(text: string): i32 {
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = <u32>text.charCodeAt(i);
    if (unit < 0x80) size++;
    else if (unit < 0x800) size += 2;
    else if (pointAt(text, i) < 0x10000) size += 3;
    else {
      size += 4;
      i++;
    }
  }
  return size;
}

/** Writes `text` at `to`, where `utf8Length(text)` bytes are free, and says how many it wrote. */
export function writeUtf8(text: string, to: usize): i32 {
  const start = to;
  for (let i = 0; i < text.length; i++) {
    const unit = <u32>load<u16>(changetype<usize>(text) + ((<usize>i) << 1));
    if (unit < 0x80) {
      store<u8>(to++, unit);
      continue;
    }
    const point = pointAt(text, i);
    if (point >= 0x10000) i++;
    to += putUtf8(to, point);
  }
  return <i32>(to - start);
}

/** Half a surrogate pair becomes U+FFFD, as the WHATWG encoder does. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes.dataStart);
  return bytes;
}
