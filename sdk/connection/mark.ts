/**
 * Envoy stops reading behind a request that waits for its answer: what follows it stays in the connection's buffer and is
 * shown again, with what came meanwhile, and nobody says how much of it is old. Where that matters, a mark is put before each
 * request that may stay: empty lines, which Envoy skips there, in an order that the client cannot know.
 */
import { Connection } from "./connection";
import { append } from "./host";
import { CR, LF } from "./lines";
import { random_get } from "./wasi_snapshot_preview1";

/** One byte for each bit. */
export const MARK: u32 = 64;

const place: usize = memory.data(64, 16);
const drawn: usize = memory.data(8, 8);

export function drawMark(): u64 {
  if (random_get(drawn, 8) != 0) unreachable();
  return load<u64>(drawn) | 1;
}

function write(mark: u64): void {
  for (let i: usize = 0; i < MARK; i++) store<u8>(place + i, (mark >> i) & 1 ? CR : LF);
}

/** Whether the connection's mark stands at `at`. */
export function isMark(c: Connection, at: usize, to: usize): bool {
  if (to - at < MARK) return false;
  write(c.mark);
  return memory.compare(at, place, MARK) == 0;
}

export function appendMark(c: Connection): void {
  write(c.mark);
  append(place, MARK);
}
