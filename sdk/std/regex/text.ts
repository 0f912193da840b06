/** The characters of a text in UTF-16 or of bytes in UTF-8; what is not valid counts as U+FFFD. */
import { utf8Point, utf8Size } from "../encoding/utf8";

/** The code point at `p`, shifted by three bits, and its size in bytes; `p` is before `end`. */
export function characterAt(p: usize, end: usize, wide: bool): u32 {
  if (wide) {
    const unit = <u32>load<u16>(p);
    if ((unit & 0xf800) != 0xd800) return (unit << 3) | 2;
    if (unit < 0xdc00 && end - p >= 4) {
      const low = <u32>load<u16>(p, 2);
      if ((low & 0xfc00) == 0xdc00) return ((((unit - 0xd7c0) << 10) | (low & 0x3ff)) << 3) | 4;
    }
    return (0xfffd << 3) | 2;
  }
  const byte = <u32>load<u8>(p);
  if (byte < 0x80) return (byte << 3) | 1;
  const size = utf8Size(p, end);
  return size ? (utf8Point(p, size) << 3) | size : (0xfffd << 3) | 1;
}

/** The code point that ends at `p`. */
export function pointBefore(start: usize, p: usize, wide: bool): i32 {
  let from = p - (wide ? 2 : 1);
  const most: usize = 4;
  if (wide) {
    if (from > start && characterAt(from - 2, p, true) & 4) from -= 2;
  } else {
    while (from > start && p - from < most && (load<u8>(from) & 0xc0) == 0x80) from--;
    if ((characterAt(from, p, false) & 7) != <u32>(p - from)) return 0xfffd;
  }
  return <i32>(characterAt(from, p, wide) >> 3);
}
