/** A body buffer of the host: read as a whole, replaced as a whole, or added to at its ends. */
import { BufferType, Status } from "../abi";
import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from "../env";

const out: usize = memory.data(8);

export function bufferSize(buffer: BufferType): i32 {
  return proxy_get_buffer_status(buffer, out, out + 4) == Status.Ok ? load<i32>(out) : 0;
}

/** The bytes of the buffer; empty if the host has none to give in this phase. */
export function bufferBytes(buffer: BufferType): Uint8Array {
  if (proxy_get_buffer_bytes(buffer, 0, 0x7fffffff, out, out + 4) != Status.Ok) {
    return new Uint8Array(0);
  }
  const size = load<i32>(out, 4);
  if (!size) return new Uint8Array(0);
  // The host wrote into what `proxy_on_memory_allocate` gave it: an ArrayBuffer of this callback.
  return Uint8Array.wrap(changetype<ArrayBuffer>(load<usize>(out)), 0, size);
}

/** Puts `bytes` in place of the first `length` bytes; past the end means all of it. */
export function replaceBuffer(buffer: BufferType, length: usize, at: usize, size: usize): bool {
  return proxy_set_buffer_bytes(buffer, 0, length, at, size) == Status.Ok;
}

export function appendBuffer(buffer: BufferType, at: usize, size: usize): bool {
  return proxy_set_buffer_bytes(buffer, 0x7fffffff, 0, at, size) == Status.Ok;
}
