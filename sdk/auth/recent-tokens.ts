/**
 * Tokens that this worker has let through lately, with their payloads: what was found valid once need not be
 * decoded and checked again, only what it says does. Bounded, for the whole module: a token takes the place of
 * whichever was there. It is compared whole, so no hash could be made to collide.
 */
import { returnChunk, takeChunk } from "../engine/runtime/chunks";
import { same } from "../hostcalls/text";

const PLACES: usize = 128;
/** Most bytes of an entry: 128 of them are 1 MiB. */
const LONGEST: usize = 8184;

/** Then come the token, what it was verified under, both as strings lie in memory, and the payload. */
@unmanaged
class Entry {
  /** Milliseconds since 1970. */
  until: i64;
  tokenSize: usize;
  underSize: usize;
  payloadSize: usize;
}
const HEAD: usize = 24;

let places: usize = 0;

const sizeOf = (text: string): usize => (<usize>text.length) << 1;

export class RecentTokens {
  /** The entry that was found last, 0 if none was. */
  private found: usize = 0;

  /** The payload of this token, if it is here; `counts` says whether that means anything now. */
  find(token: string): Uint8Array | null {
    this.found = 0;
    if (!places) return null;
    const at = load<usize>(placeOf(token));
    if (!at) return null;
    const entry = changetype<Entry>(at);
    const size = sizeOf(token);
    if (entry.tokenSize != size || !sameLong(at + HEAD, changetype<usize>(token), size))
      return null;
    this.found = at;
    const payload = new Uint8Array(<i32>entry.payloadSize);
    memory.copy(payload.dataStart, at + HEAD + size + entry.underSize, entry.payloadSize);
    return payload;
  }

  /** Whether what was found was verified `under` this, and still counts at `now`. */
  counts(under: string, now: i64): bool {
    if (!this.found) return false;
    const entry = changetype<Entry>(this.found);
    const size = sizeOf(under);
    if (entry.until <= now || entry.underSize != size) return false;
    return same(this.found + HEAD + entry.tokenSize, changetype<usize>(under), size);
  }

  keep(token: string, under: string, payload: Uint8Array, until: i64): void {
    const size = HEAD + sizeOf(token) + sizeOf(under) + <usize>payload.byteLength;
    if (size > LONGEST || token.length < 8) return;
    if (!places) {
      places = takeChunk(PLACES << 2);
      memory.fill(places, 0, PLACES << 2);
    }
    const place = placeOf(token);
    const old = load<usize>(place);
    if (old) returnChunk(old);
    const at = takeChunk(size);
    store<usize>(place, at);
    this.found = 0;
    const entry = changetype<Entry>(at);
    entry.until = until;
    entry.tokenSize = sizeOf(token);
    entry.underSize = sizeOf(under);
    entry.payloadSize = <usize>payload.byteLength;
    let to = at + HEAD;
    memory.copy(to, changetype<usize>(token), entry.tokenSize);
    to += entry.tokenSize;
    memory.copy(to, changetype<usize>(under), entry.underSize);
    to += entry.underSize;
    memory.copy(to, payload.dataStart, entry.payloadSize);
  }
}

/** Whether two long pieces are equal; in long steps, as each turn of a loop is metered. */
function sameLong(a: usize, b: usize, size: usize): bool {
  let i: usize = 0;
  for (; size - i >= 64; i += 64) {
    const first = load<u64>(a + i) ^ load<u64>(b + i);
    const second = load<u64>(a + i, 8) ^ load<u64>(b + i, 8);
    const third = load<u64>(a + i, 16) ^ load<u64>(b + i, 16);
    const fourth = load<u64>(a + i, 24) ^ load<u64>(b + i, 24);
    const fifth = load<u64>(a + i, 32) ^ load<u64>(b + i, 32);
    const sixth = load<u64>(a + i, 40) ^ load<u64>(b + i, 40);
    const seventh = load<u64>(a + i, 48) ^ load<u64>(b + i, 48);
    const eighth = load<u64>(a + i, 56) ^ load<u64>(b + i, 56);
    if (first | second | third | fourth | fifth | sixth | seventh | eighth) return false;
  }
  return same(a + i, b + i, size - i);
}

/** By the end of the token, which belongs to its signature and differs from token to token. */
function placeOf(token: string): usize {
  if (token.length < 8) return places;
  const end = changetype<usize>(token) + sizeOf(token);
  const mixed = (load<u64>(end - 16) ^ rotl<u64>(load<u64>(end - 8), 29)) * 0x9e3779b97f4a7c15;
  return places + ((<usize>(mixed >> 40) % PLACES) << 2);
}
