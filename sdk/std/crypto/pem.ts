/** PEM (RFC 7468): blocks between `-----BEGIN label-----` and `-----END label-----`. */
import { decodeBase64 } from "../encoding/base64";

/** The blocks with this label, in order; null if one is broken. Text around them is passed over. */
export function pemBlocks(text: string, label: string): Uint8Array[] | null {
  const begin = "-----BEGIN " + label + "-----";
  const end = "-----END " + label + "-----";
  const blocks: Uint8Array[] = [];
  let from = text.indexOf(begin);
  while (from >= 0) {
    from += begin.length;
    const to = text.indexOf(end, from);
    if (to < 0) return null;
    const bytes = decodeBase64(withoutSpace(text, from, to));
    if (bytes === null || !bytes.byteLength) return null;
    blocks.push(bytes);
    from = text.indexOf(begin, to + end.length);
  }
  return blocks;
}

function withoutSpace(text: string, from: i32, to: i32): string {
  const units = new StaticArray<u16>(to - from);
  let size = 0;
  for (let i = from; i < to; i++) {
    const unit = <u16>text.charCodeAt(i);
    if (unit == 0x20 || (unit >= 0x09 && unit <= 0x0d)) continue;
    unchecked((units[size++] = unit));
  }
  return String.UTF16.decodeUnsafe(changetype<usize>(units), (<usize>size) << 1);
}
