/**
 * What the engine keeps of one live request. The records lie outside of the regions, in slabs with a
 * free list, and are found by context id through open addressing: constant cost at any number of live
 * streams, and nothing to collect.
 */
import { returnChunk, takeChunk } from "./runtime/chunks";
import { dropRegion } from "./runtime/index";

/** Where a stream is in its chain. */
export enum Phase {
  Idle = 0,
  RequestHeaders = 1,
  RequestBody = 2,
  RequestChunk = 3,
  RequestTrailers = 4,
  ResponseHeaders = 5,
  ResponseBody = 6,
  ResponseChunk = 7,
  ResponseTrailers = 8,
  Log = 9,
}

/** Facts about a stream, one bit each. */
export enum Fact {
  /** This module answered the request itself. */
  Replied = 1,
  /** A policy failed: nothing of the chain runs any more. */
  Failed = 2,
  /** The whole request body is here, or there is none. */
  RequestEnded = 4,
  ResponseEnded = 8,
  /** Headers are held until the body was seen. */
  HoldsRequest = 16,
  HoldsResponse = 32,
  /** A policy waits for an answer. */
  Paused = 64,
  /** The route was looked up. */
  Known = 128,
  RequestBodyChanged = 256,
  ResponseBodyChanged = 512,
  ResponseStarted = 1024,
  /** Its chain waits for secrets. */
  Unprepared = 2048,
}

@unmanaged
export class Stream {
  id: u32;
  /** The root context that it belongs to. */
  root: u32;
  facts: u32;
  /** Region of what the stream's policies keep; its address is what `enterCallback` takes. */
  region: usize;
  /** The chain, counted while it is set. */
  chain: usize;
  phase: Phase;
  /** Index of the policy that runs or waits. */
  at: i32;
  /** In the log phase: index of the policy that answered on the way in, if one did. */
  repliedAt: i32;
  /** Answers that the waiting policy still expects. */
  waiting: i32;
  /** `StaticArray` of the policies' states, in the stream's region. */
  states: usize;
  /** The context that the policies share, in the stream's region. */
  shared: usize;
  /** Request fields that the chain asked to keep for later. */
  kept: usize;
  /** The request's headers, for conditions of the response. */
  record: usize;
  /** Which policies have run, one bit each. */
  ran: u64;
  /** Goes up when what the stream waited for no longer matters: the response has begun. */
  turn: u32;
  /** Guards against answers for an earlier user of the same record. */
  age: u32;
  nextFree: usize;

  /** Where this stream keeps its region's address: what `enterCallback` takes. */
  slot(): usize {
    return changetype<usize>(this) + offsetof<Stream>("region");
  }

  has(fact: Fact): bool {
    return (this.facts & (<u32>fact)) != 0;
  }

  note(fact: Fact): void {
    this.facts |= <u32>fact;
  }

  forget(fact: Fact): void {
    this.facts &= ~(<u32>fact);
  }
}

const RECORD: usize = offsetof<Stream>();
const SLAB: usize = 4000;

let free: usize = 0;
let table: usize = 0;
let mask: u32 = 0;
let live: u32 = 0;
let age: u32 = 0;

function home(id: u32): u32 {
  return (id * 0x9e3779b1) & mask;
}

function grow(): void {
  const old = table;
  const capacity = mask + 1;
  const wanted: u32 = old ? capacity << 1 : 256;
  table = takeChunk((<usize>wanted) << 2);
  memory.fill(table, 0, (<usize>wanted) << 2);
  mask = wanted - 1;
  if (!old) return;
  for (let i: u32 = 0; i < capacity; i++) {
    const record = load<usize>(old + ((<usize>i) << 2));
    if (record) place(record);
  }
  returnChunk(old);
}

function place(record: usize): void {
  let i = home(changetype<Stream>(record).id);
  while (load<usize>(table + ((<usize>i) << 2))) i = (i + 1) & mask;
  store<usize>(table + ((<usize>i) << 2), record);
}

function slot(id: u32): u32 {
  let i = home(id);
  let record = load<usize>(table + ((<usize>i) << 2));
  while (record) {
    if (changetype<Stream>(record).id == id) return i;
    i = (i + 1) & mask;
    record = load<usize>(table + ((<usize>i) << 2));
  }
  return u32.MAX_VALUE;
}

/** The stream of this context id, or null if it has gone. */
export function findStream(id: u32): Stream | null {
  if (!live) return null;
  const i = slot(id);
  if (i == u32.MAX_VALUE) return null;
  return changetype<Stream>(load<usize>(table + ((<usize>i) << 2)));
}

export function openStream(id: u32): Stream {
  if (!table || live << 1 > mask) grow();
  if (!free) {
    const slab = takeChunk(SLAB);
    for (let at: usize = 0; at + RECORD <= SLAB; at += RECORD) {
      changetype<Stream>(slab + at).nextFree = free;
      free = slab + at;
    }
  }
  const record = free;
  free = changetype<Stream>(record).nextFree;
  memory.fill(record, 0, RECORD);
  const stream = changetype<Stream>(record);
  stream.id = id;
  stream.age = ++age;
  place(record);
  live++;
  return stream;
}

/** Forgets a stream: its record goes back to the free list, its region to the pool. */
export function closeStream(stream: Stream): void {
  let hole = slot(stream.id);
  let i = hole;
  for (;;) {
    i = (i + 1) & mask;
    const record = load<usize>(table + ((<usize>i) << 2));
    if (!record) break;
    // Move a record back only if its home does not lie between the hole and where it is.
    const distance = (i - home(changetype<Stream>(record).id)) & mask;
    if (distance >= ((i - hole) & mask)) {
      store<usize>(table + ((<usize>hole) << 2), record);
      hole = i;
    }
  }
  store<usize>(table + ((<usize>hole) << 2), 0);
  dropRegion(stream.region);
  stream.region = 0;
  stream.nextFree = free;
  free = changetype<usize>(stream);
  live--;
}
