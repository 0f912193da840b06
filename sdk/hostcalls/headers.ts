/**
 * One header map of the host. Read once per callback as a whole (0.7 microseconds, as much as a single
 * value) and kept as a list of entries; a write goes to the host at once (0.1 microseconds) and to the
 * list if it was read. Refuses names and values that would end a header line: no response splitting.
 */
import { MapType, Status } from "../abi";
import { callback } from "../engine/live";
import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
} from "../env";
import { decode, encode, encodeName, same, written } from "./text";
import { complain } from "../engine/abort";

const out: usize = memory.data(8);
const ENTRY: usize = 16;

/** Four words each: name, its length, value, its length. A removed entry has no name. */
@unmanaged
class Entry {
  name: usize;
  nameSize: usize;
  value: usize;
  valueSize: usize;
}

/** True if these bytes may be a header's name; pseudo headers start with a colon. */
function isName(at: usize, size: usize): bool {
  if (!size) return false;
  for (let i: usize = 0; i < size; i++) {
    const byte = load<u8>(at + i);
    if (byte <= 0x20 || byte >= 0x7f || (byte == 0x3a && i > 0)) return false;
  }
  return true;
}

const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

/** Has a high bit set if, and only if, one of the eight bytes is zero. */
function zeros(eight: u64): u64 {
  return (eight - ONES) & ~eight & HIGHS;
}

/** No zero, line feed or carriage return in it; eight bytes a step. */
function isValue(at: usize, size: usize): bool {
  let i: usize = 0;
  for (; size - i >= 8; i += 8) {
    const eight = load<u64>(at + i);
    if (zeros(eight) | zeros(eight ^ (ONES * 0x0a)) | zeros(eight ^ (ONES * 0x0d))) return false;
  }
  for (; i < size; i++) {
    const byte = load<u8>(at + i);
    if (byte == 0 || byte == 0x0a || byte == 0x0d) return false;
  }
  return true;
}

/** How many writes there were, counted where some policies are alternatives of others. */
export let writes: u32 = 0;

function noteWrite(): void {
  if (isDefined(ALTERNATIVES)) writes++;
}

export class HeaderMap {
  private readIn: u32 = 0;
  private entries: usize = 0;
  private count: i32 = 0;
  private capacity: i32 = 0;

  constructor(private map: MapType) {}

  /** Number of entries, removed ones included: the bound for `nameAt`. */
  size(): i32 {
    this.load();
    return this.count;
  }

  /** The name of entry `i`, or null if it was removed. */
  nameAt(i: i32): string | null {
    const entry = this.entry(i);
    return entry.name ? decode(entry.name, entry.nameSize) : null;
  }

  valueAt(i: i32): string {
    const entry = this.entry(i);
    return decode(entry.value, entry.valueSize);
  }

  /** Index of the first entry with this name at or after `start`, -1 if there is none. */
  find(name: string, start: i32 = 0): i32 {
    this.load();
    const at = encodeName(name);
    return this.search(at, written, start);
  }

  set(name: string, value: string): bool {
    const at = encodeName(name);
    const size = written;
    const bytes = encode(value);
    const length = written;
    if (!isName(at, size) || !isValue(bytes, length)) return false;
    noteWrite();
    if (proxy_replace_header_map_value(this.map, at, size, bytes, length) != Status.Ok)
      return false;
    if (this.readIn != callback) return true;
    const first = this.search(at, size, 0);
    if (first < 0) {
      this.push(at, size, bytes, length);
      return true;
    }
    const entry = this.entry(first);
    entry.value = bytes;
    entry.valueSize = length;
    this.drop(at, size, first + 1);
    return true;
  }

  append(name: string, value: string): bool {
    const at = encodeName(name);
    const size = written;
    const bytes = encode(value);
    const length = written;
    if (!isName(at, size) || !isValue(bytes, length)) return false;
    noteWrite();
    if (proxy_add_header_map_value(this.map, at, size, bytes, length) != Status.Ok) return false;
    if (this.readIn == callback) this.push(at, size, bytes, length);
    return true;
  }

  remove(name: string): bool {
    const at = encodeName(name);
    const size = written;
    // None are read where there is no map: then the host says so.
    const isRead = this.readIn == callback && this.count > 0;
    if (isRead && this.search(at, size, 0) < 0) return true;
    noteWrite();
    if (proxy_remove_header_map_value(this.map, at, size) != Status.Ok) return false;
    if (this.readIn == callback) this.drop(at, size, 0);
    return true;
  }

  private entry(i: i32): Entry {
    this.load();
    if (<u32>i >= <u32>this.count) complain("no header at this index");
    return changetype<Entry>(this.entries + <usize>i * ENTRY);
  }

  private search(name: usize, size: usize, start: i32): i32 {
    for (let i = start; i < this.count; i++) {
      const entry = changetype<Entry>(this.entries + <usize>i * ENTRY);
      if (entry.nameSize == size && entry.name && same(entry.name, name, size)) return i;
    }
    return -1;
  }

  private drop(name: usize, size: usize, start: i32): void {
    for (let i = start; (i = this.search(name, size, i)) >= 0; i++) this.entry(i).name = 0;
  }

  private push(name: usize, nameSize: usize, value: usize, valueSize: usize): void {
    if (this.count == this.capacity) {
      const wider = __alloc(<usize>this.capacity * 2 * ENTRY);
      memory.copy(wider, this.entries, <usize>this.count * ENTRY);
      this.entries = wider;
      this.capacity *= 2;
    }
    const entry = changetype<Entry>(this.entries + <usize>this.count * ENTRY);
    this.count++;
    entry.name = name;
    entry.nameSize = nameSize;
    entry.value = value;
    entry.valueSize = valueSize;
  }

  /** Fetches the pairs: a count, the lengths, then names and values each ended by NUL. */
  private load(): void {
    if (this.readIn == callback) return;
    this.readIn = callback;
    this.count = 0;
    this.capacity = 8;
    const known = proxy_get_header_map_pairs(this.map, out, out + 4) == Status.Ok;
    const block = load<usize>(out);
    const count = known && load<usize>(out, 4) >= 4 ? load<i32>(block) : 0;
    this.capacity += count;
    this.entries = __alloc(<usize>this.capacity * ENTRY);
    let lengths = block + 4;
    let at = lengths + ((<usize>count) << 3);
    for (let i = 0; i < count; i++) {
      const nameSize = load<usize>(lengths);
      const valueSize = load<usize>(lengths, 4);
      this.push(at, nameSize, at + nameSize + 1, valueSize);
      at += nameSize + valueSize + 2;
      lengths += 8;
    }
  }
}
