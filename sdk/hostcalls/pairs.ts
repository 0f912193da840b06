/**
 * A list of names and values in the host's form: a count, the lengths, then the texts, each ended by
 * NUL. The host reads a block above 1 MiB or 1,024 pairs as *no* pairs, so it is refused here.
 */
import { encode, encodeName, written } from "./text";

const MOST: i32 = 1024;
const LARGEST: usize = 1 << 20;

/** Length of what `encodePairs` wrote last. */
export let pairsSize: usize = 0;

/** Writes names and values, alternating in `list`; 0 if they are too many or too long. */
export function encodePairs(list: string[]): usize {
  const count = list.length >> 1;
  if (count > MOST) return 0;
  let size: usize = 4 + ((<usize>count) << 3);
  for (let i = 0; i < list.length; i++) size += <usize>list[i].length * 3 + 1;
  const block = __alloc(size);
  store<i32>(block, count);
  let lengths = block + 4;
  let at = lengths + ((<usize>count) << 3);
  for (let i = 0; i < count << 1; i++) {
    const bytes = i & 1 ? encode(list[i]) : encodeName(list[i]);
    memory.copy(at, bytes, written);
    store<u8>(at + written, 0);
    store<usize>(lengths, written);
    lengths += 4;
    at += written + 1;
  }
  pairsSize = at - block;
  return pairsSize > LARGEST ? 0 : block;
}

/** True if no text ends a header line or holds a NUL: what may be sent as a header. */
export function sendable(list: string[]): bool {
  for (let i = 0; i < list.length; i++) {
    const text = list[i];
    const name = (i & 1) == 0;
    if (name && !text.length) return false;
    for (let j = 0; j < text.length; j++) {
      const unit = text.charCodeAt(j);
      if (unit == 0 || unit == 0x0a || unit == 0x0d) return false;
      if (name && (unit <= 0x20 || unit >= 0x7f || (unit == 0x3a && j > 0))) return false;
    }
  }
  return true;
}
