/**
 * Texts by key that all workers share, for a time. Bounded: each of its places holds one entry, a new
 * one takes the place of whatever was there. An entry says its key, so two keys are never mixed up.
 */
import { nowMilliseconds } from "../hostcalls/clock";
import { readShared, sharedSize, writeShared } from "../hostcalls/shared";
import { decode, encode, written } from "../hostcalls/text";
import { shortHash } from "./hash";

/** Longest entry, key and value together. */
const LONGEST: usize = 65536;
/** Expiry and length of the key. */
const HEAD: usize = 12;

export class SharedCache {
  private placeSize: usize = 0;
  /** When the entry ends that `get` found last: milliseconds since 1970. */
  expiresAt: i64 = 0;

  /** `places` bounds the memory: at most as many entries of at most 64 KiB. */
  constructor(
    private name: string,
    private places: u32 = 1024,
  ) {}

  get(key: string): string | null {
    const text = encode(key);
    const size = written;
    const at = readShared(this.place(text, size), this.placeSize);
    if (!at || sharedSize < HEAD + size || load<u32>(at, 8) != <u32>size) return null;
    this.expiresAt = load<i64>(at);
    if (this.expiresAt <= nowMilliseconds()) return null;
    if (memory.compare(at + HEAD, text, size) != 0) return null;
    return decode(at + HEAD + size, sharedSize - HEAD - size);
  }

  /** False if the entry is too long to be kept. */
  set(key: string, value: string, ttlMs: i64): bool {
    const text = encode(key);
    const size = written;
    const content = encode(value);
    const length = written;
    if (HEAD + size + length > LONGEST) return false;
    const entry = __alloc(HEAD + size + length);
    store<i64>(entry, nowMilliseconds() + ttlMs);
    store<u32>(entry, <u32>size, 8);
    memory.copy(entry + HEAD, text, size);
    memory.copy(entry + HEAD + size, content, length);
    return writeShared(this.place(text, size), this.placeSize, entry, HEAD + size + length, 0);
  }

  /** Forgets the entry of this key. */
  remove(key: string): void {
    this.set(key, "", 0);
  }

  /** Key of the place that `text` belongs to; its length is in `placeSize`. */
  private place(text: usize, size: usize): usize {
    const n = <u32>(shortHash(text, size) % <u64>max(this.places, 1));
    const at = encode("sluice.c." + this.name);
    const place = __alloc(written + 4);
    memory.copy(place, at, written);
    store<u32>(place + written, n);
    this.placeSize = written + 4;
    return place;
  }
}
