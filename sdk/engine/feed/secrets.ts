/**
 * Secrets in chains. A chain's text has references only, since it shows in config dumps: U+E000, a name,
 * U+E001. Their values are put in when the chain is built, and the chain notes of which values it was
 * made, so that it is built anew when one changes.
 */
import { decode } from "../../hostcalls/text";
import { shortHash } from "../../shared/hash";
import { findById, findValue, idHigh, idLow, valueSize } from "./records";

/** More in one chain are refused. */
const MOST_SECRETS: u32 = 1024;
/** Both halves of the id and a hash of the value. */
const NOTE: usize = 24;
/** Address and length. */
const VALUE: usize = 8;

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
  const from = text.dataStart;
  const end = from + <usize>text.byteLength;
  const count = references(from, end);
  if (!count) return text;
  if (count > MOST_SECRETS) return null;
  notes = __alloc(8 + count * NOTE);
  store<u32>(notes, count);
  // Where each value is, and how long: all are looked up before the text is made, so that its size is known.
  const values = __alloc(count * VALUE);
  let size = <usize>text.byteLength;
  let at = from;
  for (let i: u32 = 0; i < count; i++) {
    const begin = mark(at, end, 0x80);
    const close = mark(begin, end, 0x81);
    if (!close) return null;
    const value = findValue("x" + decode(begin + 3, close - begin - 3));
    if (!value) return null;
    const note = notes + 8 + i * NOTE;
    store<u64>(note, idLow);
    store<u64>(note, idHigh, 8);
    store<u64>(note, shortHash(value, valueSize), 16);
    store<u32>(values + i * VALUE, <u32>value);
    store<u32>(values + i * VALUE, <u32>valueSize, 4);
    at = close + 3;
    size = size - (at - begin) + writeEscaped(value, valueSize, 0);
  }
  return copyFilled(from, end, values, size);
}

function copyFilled(from: usize, end: usize, values: usize, size: usize): Uint8Array {
  const filled = new Uint8Array(<i32>size);
  let to = filled.dataStart;
  let at = from;
  for (let begin = mark(at, end, 0x80); begin; begin = mark(at, end, 0x80)) {
    memory.copy(to, at, begin - at);
    to += begin - at;
    to += writeEscaped(load<u32>(values), load<u32>(values, 4), to);
    values += VALUE;
    at = mark(begin, end, 0x81) + 3;
  }
  memory.copy(to, at, end - at);
  return filled;
}

function references(from: usize, end: usize): u32 {
  let count: u32 = 0;
  for (let at = mark(from, end, 0x80); at; at = mark(at + 3, end, 0x80)) count++;
  return count;
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

/** Writes UTF-8 as it stands between the quotes of JSON, nowhere if `to` is 0; returns how long that is. */
function writeEscaped(from: usize, size: usize, to: usize): usize {
  let length: usize = 0;
  for (let i: usize = 0; i < size; i++) {
    const byte = load<u8>(from + i);
    const short = byte == 0x22 || byte == 0x5c;
    const width: usize = short ? 2 : byte < 0x20 ? 6 : 1;
    if (to) {
      const at = to + length;
      if (width == 6) {
        // `\u00`, and two digits.
        store<u32>(at, 0x3030755c);
        store<u8>(at, 0x30 + (byte >> 4), 4);
        store<u8>(at, (byte & 15) + ((byte & 15) < 10 ? 0x30 : 0x57), 5);
      } else {
        if (short) store<u8>(at, 0x5c);
        store<u8>(at + width - 1, byte);
      }
    }
    length += width;
  }
  return length;
}
