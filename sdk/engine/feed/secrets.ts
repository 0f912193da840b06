/**
 * Secrets in chains. A chain's text has references only, since it shows in config dumps: U+E000, a name,
 * U+E001. Their values are put in when the chain is built, and the chain notes of which values it was
 * made, so that it is built anew when one changes.
 */
import { decode, encode, written } from "../../hostcalls/text";
import { shortHash } from "../../shared/hash";
import { findById, findValue, idHigh, idLow, valueSize } from "./records";

/** More in one chain are refused. */
const MOST_SECRETS: i32 = 64;
/** Both halves of the id and a hash of the value. */
const NOTE: usize = 24;

/** Number of secrets of the last text, and a note for each: in the memory of the running callback. */
let notes: usize = 0;

/** Where the mark with this last byte stands: EE 80 80 begins a reference, EE 80 81 ends it. */
function mark(at: usize, end: usize, last: u8): usize {
  for (; at + 3 <= end; at++) {
    if (load<u8>(at) == 0xee && load<u8>(at, 1) == 0x80 && load<u8>(at, 2) == last) return at;
  }
  return 0;
}

/** The text with the values of its secrets, or null if one of them is not here. */
export function fill(text: Uint8Array): Uint8Array | null {
  notes = 0;
  let at = text.dataStart;
  const end = at + <usize>text.byteLength;
  let begin = mark(at, end, 0x80);
  if (!begin) return text;
  notes = __alloc(8 + MOST_SECRETS * NOTE);
  store<u32>(notes, 0);
  let filled = "";
  for (; begin; begin = mark(at, end, 0x80)) {
    const close = mark(begin, end, 0x81);
    const count = load<u32>(notes);
    if (!close || <i32>count == MOST_SECRETS) return null;
    const value = findValue("x" + decode(begin + 3, close - begin - 3));
    if (!value) return null;
    const note = notes + 8 + count * NOTE;
    store<u64>(note, idLow);
    store<u64>(note, idHigh, 8);
    store<u64>(note, shortHash(value, valueSize), 16);
    store<u32>(notes, count + 1);
    filled += decode(at, begin - at) + escaped(decode(value, valueSize));
    at = close + 3;
  }
  filled += decode(at, end - at);
  const from = encode(filled);
  const bytes = new Uint8Array(<i32>written);
  memory.copy(bytes.dataStart, from, written);
  return bytes;
}

export function stamp(): usize {
  return notes;
}

/** A copy of a stamp, in the memory that is allocated in now. */
export function copyStamp(from: usize): usize {
  if (!from) return 0;
  const size = 8 + load<u32>(from) * NOTE;
  const to = __alloc(size);
  memory.copy(to, from, size);
  return to;
}

/** False if one of the values is another now. */
export function stillTrue(stamped: usize): bool {
  const count = load<u32>(stamped);
  for (let i: u32 = 0; i < count; i++) {
    const note = stamped + 8 + i * NOTE;
    const value = findById(load<u64>(note), load<u64>(note, 8));
    if (!value || shortHash(value, valueSize) != load<u64>(note, 16)) return false;
  }
  return true;
}

/** As it stands between the quotes of JSON. */
function escaped(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit == 0x22 || unit == 0x5c) out += "\\" + text.charAt(i);
    else if (unit < 0x20)
      out += "\\u00" + (unit < 0x10 ? "0" : "1") + "0123456789abcdef".charAt(unit & 15);
    else out += text.charAt(i);
  }
  return out;
}
