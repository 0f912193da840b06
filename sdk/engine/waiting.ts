/**
 * Streams that wait for their policy's refresh, or for a time. Records lie outside of the regions; a
 * stream that died meanwhile is found by its age and skipped.
 */
import { proxy_set_tick_period_milliseconds } from "../env";
import { takeChunk } from "./runtime/chunks";
import { Stream } from "./stream";

/** How exact waiting is. */
export const STEP_MS: u32 = 10;

@unmanaged
class Waiting {
  streamId: u32;
  age: u32;
  turn: u32;
  /** Milliseconds since 1970; 0 waits for the refresh of the policy at `at` of `chain`. */
  due: i64;
  chain: usize;
  at: i32;
  next: usize;
}

const RECORD: usize = (offsetof<Waiting>() + 7) & ~7;
const SLAB: usize = 4000;

let free: usize = 0;
let first: usize = 0;
let timers: i32 = 0;

/** What `nextWaiting` found. */
export let waitingStream: u32 = 0;
export let waitingAge: u32 = 0;
export let waitingTurn: u32 = 0;

export function wait(stream: Stream, due: i64): void {
  if (!free) {
    const slab = (takeChunk(SLAB) + 7) & ~7;
    for (let at = slab; at + RECORD <= slab + SLAB - 8; at += RECORD) {
      changetype<Waiting>(at).next = free;
      free = at;
    }
  }
  const one = changetype<Waiting>(free);
  free = one.next;
  one.streamId = stream.id;
  one.age = stream.age;
  one.turn = stream.turn;
  one.due = due;
  one.chain = stream.chain;
  one.at = stream.at;
  one.next = first;
  first = changetype<usize>(one);
  stream.waiting++;
  if (due && timers++ == 0) proxy_set_tick_period_milliseconds(STEP_MS);
}

/** What waits for this refresh is due at once, also if the refresh itself should fail. */
export function ripen(chain: usize, at: i32): void {
  for (let p = first; p; p = changetype<Waiting>(p).next) {
    const one = changetype<Waiting>(p);
    if (one.due || one.chain != chain || one.at != at) continue;
    one.due = 1;
    if (timers++ == 0) proxy_set_tick_period_milliseconds(STEP_MS);
  }
}

/** Takes out one stream whose time has come by `now`. */
export function nextWaiting(now: i64): bool {
  let link: usize = 0;
  for (let p = first; p; p = changetype<Waiting>(p).next) {
    const one = changetype<Waiting>(p);
    if (!one.due || one.due > now) {
      link = p;
      continue;
    }
    if (link) changetype<Waiting>(link).next = one.next;
    else first = one.next;
    waitingStream = one.streamId;
    waitingAge = one.age;
    waitingTurn = one.turn;
    timers--;
    one.next = free;
    free = p;
    return true;
  }
  return false;
}

export function timersPending(): bool {
  return timers > 0;
}
