/** What the host has read of a connection and Envoy has not: seen through a window, and rewritten only where it must be. */
import { BufferType, Status } from "../abi";
import { proxy_get_buffer_bytes, proxy_set_buffer_bytes } from "../env";

/** As much as Envoy reads of a connection at once, unless its limit is raised. */
export const WINDOW: u32 = 32_768;

export const window: usize = memory.data(32_784, 16);
const out: usize = memory.data(8);

/** The host asks for room for what it gives: there is one place, and a callback uses what it has before it asks again. */
export function room(size: usize): usize {
  assert(size <= WINDOW);
  return window;
}

/** Puts `from …` into the window; how many bytes there are. */
export function show(from: u32, size: u32): u32 {
  const status = proxy_get_buffer_bytes(
    BufferType.DownstreamData,
    from,
    min(size, WINDOW),
    out,
    out + 4,
  );
  if (status != Status.Ok) unreachable();
  return load<u32>(out, 4);
}

/** Behind the last byte. */
export function append(at: usize, size: usize): void {
  check(proxy_set_buffer_bytes(BufferType.DownstreamData, i32.MAX_VALUE, 0, at, size));
}

/** The host cannot change the middle: what is to stay goes behind the last byte, and then the first `size` bytes go. */
export function copyBehind(from: u32, to: u32): void {
  for (let at = from; at < to; at += WINDOW) append(window, show(at, to - at));
}

export function drop(size: u32): void {
  check(proxy_set_buffer_bytes(BufferType.DownstreamData, 0, size, 0, 0));
}

function check(status: Status): void {
  if (status != Status.Ok) unreachable();
}
