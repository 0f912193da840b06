/**
 * Strings to and from the host's bytes. AssemblyScript's strings are UTF-16; the host speaks UTF-8.
 * Nearly all header text is ASCII, which takes one short loop each way, four letters a step. What is written lies in the
 * memory of the running callback; `written` says how long it is.
 */

import { narrow, widen } from "../std/encoding/units";
import { utf8Point, utf8Size, writeUtf8 } from "../std/encoding/utf8";

/** Length of what `encode` wrote last. */
export let written: usize = 0;

/** The UTF-8 bytes of `text`; their number is in `written`. */
export function encode(text: string): usize {
  const length = <usize>text.length;
  const from = changetype<usize>(text);
  const to = __alloc(length * 3);
  for (let i = narrow(from, to, length); i < length; i++) {
    const unit = load<u16>(from + (i << 1));
    if (unit > 0x7f) {
      written = writeUtf8(text, to);
      return to;
    }
    store<u8>(to + i, <u8>unit);
  }
  written = length;
  return to;
}

/** As `encode`, with A to Z made lower case: the form in which Envoy keeps header names. */
export function encodeName(text: string): usize {
  const at = encode(text);
  for (let i: usize = 0; i < written; i++) {
    const byte = load<u8>(at + i);
    if (<u32>byte - 0x41 < 26) store<u8>(at + i, byte | 0x20);
  }
  return at;
}

/** The string of `size` bytes of UTF-8; what is not UTF-8 becomes U+FFFD. */
export function decode(at: usize, size: usize): string {
  const text = changetype<string>(__new(size << 1, idof<string>()));
  const to = changetype<usize>(text);
  for (let i = widen(at, to, size); i < size; i++) {
    const byte = load<u8>(at + i);
    if (byte > 0x7f) return decodeWide(at, size);
    store<u16>(to + (i << 1), byte);
  }
  return text;
}

function decodeWide(at: usize, size: usize): string {
  const room = __alloc(size << 1);
  const end = at + size;
  let to = room;
  while (at < end) {
    const length = utf8Size(at, end);
    let point: u32 = length > 0 ? utf8Point(at, length) : 0xfffd;
    at += length > 0 ? length : 1;
    if (point >= 0x10000) {
      point -= 0x10000;
      store<u16>(to, <u16>(0xd800 | (point >> 10)));
      to += 2;
      point = 0xdc00 | (point & 0x3ff);
    }
    store<u16>(to, <u16>point);
    to += 2;
  }
  const text = changetype<string>(__new(to - room, idof<string>()));
  memory.copy(changetype<usize>(text), room, to - room);
  return text;
}

/** True if the bytes at `a` and `b` are equal. */
export function same(a: usize, b: usize, size: usize): bool {
  return memory.compare(a, b, size) == 0;
}

/** A whole number in digits; the library's `toString` brings a kilobyte for other bases. */
export function decimal(value: i64): string {
  let size = 20;
  const digits = memory.data(40);
  let rest = value < 0 ? 0 - <u64>value : <u64>value;
  do {
    store<u16>(digits + ((<usize>--size) << 1), <u16>(48 + (rest % 10)));
    rest /= 10;
  } while (rest);
  if (value < 0) store<u16>(digits + ((<usize>--size) << 1), 45);
  const bytes = (<usize>(20 - size)) << 1;
  const text = changetype<string>(__new(bytes, idof<string>()));
  memory.copy(changetype<usize>(text), digits + ((<usize>size) << 1), bytes);
  return text;
}
