/** Long texts of ASCII, four of their units a step: what the library's `indexOf` and loops take far longer for. */

const ONES: u64 = 0x0001000100010001;
const HIGHS: u64 = 0x8000800080008000;
const NOT_ASCII: u64 = 0xff80ff80ff80ff80;

/** Where `unit` is in `text` at or after `from`, -1 if it is not. */
export function indexOfUnit(text: string, unit: u16, from: i32 = 0): i32 {
  const start = changetype<usize>(text);
  const size = text.length;
  let i = max(from, 0);
  const wanted = ONES * <u64>unit;
  for (; size - i >= 16; i += 16) {
    const at = start + ((<usize>i) << 1);
    const a = load<u64>(at) ^ wanted;
    const b = load<u64>(at, 8) ^ wanted;
    const c = load<u64>(at, 16) ^ wanted;
    const d = load<u64>(at, 24) ^ wanted;
    const found = ((a - ONES) & ~a) | ((b - ONES) & ~b) | ((c - ONES) & ~c) | ((d - ONES) & ~d);
    // Which of the four it is in, the next loop finds.
    if (found & HIGHS) break;
  }
  for (; size - i >= 4; i += 4) {
    const four = load<u64>(start + ((<usize>i) << 1)) ^ wanted;
    const found = (four - ONES) & ~four & HIGHS;
    // The lowest bit that is set is right, as a borrow comes from below.
    if (found) return i + ((<i32>ctz<u64>(found)) >> 4);
  }
  for (; i < size; i++) if (load<u16>(start + ((<usize>i) << 1)) == unit) return i;
  return -1;
}

/** Writes the units at `from` as bytes; how many, up to the first four with one that is not ASCII. */
export function narrow(from: usize, to: usize, size: usize): usize {
  let i: usize = 0;
  for (; size - i >= 4; i += 4) {
    let four = load<u64>(from + (i << 1));
    if (four & NOT_ASCII) return i;
    four = (four | (four >> 8)) & 0x0000ffff0000ffff;
    store<u32>(to + i, <u32>(four | (four >> 16)));
  }
  return i;
}

/** Writes the bytes at `from` as units; how many, up to the first four with one that is not ASCII. */
export function widen(from: usize, to: usize, size: usize): usize {
  let i: usize = 0;
  for (; size - i >= 4; i += 4) {
    let four = <u64>load<u32>(from + i);
    if (four & 0x80808080) return i;
    four = (four | (four << 16)) & 0x0000ffff0000ffff;
    store<u64>(to + (i << 1), (four | (four << 8)) & 0x00ff00ff00ff00ff);
  }
  return i;
}
