/**
 * Calls that are in flight: of a request, or of a policy for all of its requests. The host answers on the root context, also when the stream that asked has
 * died: so a call notes its stream's record and age, and an answer for a stream that is gone is
 * dropped. Records lie outside of the regions, in slabs with a free list, found by token.
 */
import { takeChunk } from "./runtime/chunks";
import { Stream } from "./stream";

@unmanaged
class Pending {
  token: u32;
  streamId: u32;
  age: u32;
  turn: u32;
  at: i32;
  tag: i32;
  /** Of a policy's own call: its chain, counted until the answer is here. */
  chain: usize;
  next: usize;
}

const RECORD: usize = offsetof<Pending>();
const SLAB: usize = 4000;
const BUCKETS: u32 = 256;

let buckets: usize = 0;
let free: usize = 0;
/** Calls that the host refused at once: answered before the callback ends. */
let refused: usize = 0;

/** What `takeAnswer` found. */
export let answeredStream: u32 = 0;
export let answeredAge: u32 = 0;
export let answeredTurn: u32 = 0;
export let answeredAt: i32 = 0;
export let answeredTag: i32 = 0;
/** The chain of a policy's own call, 0 if a request asked. */
export let answeredChain: usize = 0;

function bucket(token: u32): usize {
  return buckets + ((<usize>((token * 0x9e3779b1) >> 24)) << 2);
}

function make(): Pending {
  if (!free) {
    const slab = takeChunk(SLAB);
    for (let at: usize = 0; at + RECORD <= SLAB; at += RECORD) {
      changetype<Pending>(slab + at).next = free;
      free = slab + at;
    }
  }
  const pending = changetype<Pending>(free);
  free = pending.next;
  return pending;
}

/** Notes a call of a request. */
export function expect(token: u32, stream: Stream, tag: i32, failed: bool): void {
  const pending = add(token, tag, failed);
  pending.streamId = stream.id;
  pending.age = stream.age;
  pending.turn = stream.turn;
  pending.at = stream.at;
  pending.chain = 0;
}

/** Notes a call of the policy at place `at` of a chain. */
export function expectForAll(token: u32, chain: usize, at: i32, tag: i32): void {
  const pending = add(token, tag, false);
  pending.streamId = 0;
  pending.at = at;
  pending.chain = chain;
}

function add(token: u32, tag: i32, failed: bool): Pending {
  if (!buckets) {
    buckets = takeChunk((<usize>BUCKETS) << 2);
    memory.fill(buckets, 0, (<usize>BUCKETS) << 2);
  }
  const pending = make();
  pending.token = token;
  pending.tag = tag;
  if (failed) {
    pending.next = refused;
    refused = changetype<usize>(pending);
    return pending;
  }
  const head = bucket(token);
  pending.next = load<usize>(head);
  store<usize>(head, changetype<usize>(pending));
  return pending;
}

function take(pending: Pending): void {
  answeredStream = pending.streamId;
  answeredAge = pending.age;
  answeredTurn = pending.turn;
  answeredAt = pending.at;
  answeredTag = pending.tag;
  answeredChain = pending.chain;
  pending.next = free;
  free = changetype<usize>(pending);
}

/** Finds and forgets the call of this token. False if the engine knows none. */
export function takeAnswer(token: u32): bool {
  if (!buckets) return false;
  let link = bucket(token);
  let at = load<usize>(link);
  while (at) {
    const pending = changetype<Pending>(at);
    if (pending.token == token) {
      store<usize>(link, pending.next);
      take(pending);
      return true;
    }
    link = at + offsetof<Pending>("next");
    at = load<usize>(link);
  }
  return false;
}

export function takeRefused(): bool {
  if (!refused) return false;
  const pending = changetype<Pending>(refused);
  refused = pending.next;
  take(pending);
  return true;
}
