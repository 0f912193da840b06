/**
 * Memory in chunks: 4 KiB, or a power of two of it, taken from the end of the module's memory and kept
 * in a list for each size once they are given back. What regions are made of, and the engine's tables.
 */

/** Smallest chunk; larger ones are a power of two of it, so that a chunk given back fits again. */
export const CHUNK: usize = 4096;
const CHUNK_BITS: usize = 12;
const CLASSES: usize = 18;
/** A chunk starts with: next chunk, its own size. */
export const CHUNK_HEADER: usize = 8;
/** Why a store was refused or memory ran out; read by the engine's fault report. */
export const NO_FAULT: i32 = 0;
export const OUT_OF_MEMORY: i32 = 1;
export const CALLBACK_TOO_LARGE: i32 = 2;
export const STREAM_TOO_LARGE: i32 = 3;
export const KEPT_TOO_LONG: i32 = 4;
export const KEPT_FROM_CELL: i32 = 5;
export const KEPT_ELSEWHERE: i32 = 6;
export let memoryFault: i32 = NO_FAULT;

let brk: usize = 0;
const pools: usize = memory.data(72);

export function clearMemoryFault(): void {
  memoryFault = NO_FAULT;
}

export function fail(reason: i32): void {
  memoryFault = reason;
  unreachable();
}

export function chunk(least: usize): usize {
  let kind: usize = 0;
  if (least > CHUNK) {
    kind = <usize>(32 - clz<u32>(<u32>((least - 1) >> CHUNK_BITS)));
    if (kind >= CLASSES) fail(OUT_OF_MEMORY);
  }
  const slot = pools + (kind << 2);
  const size = CHUNK << kind;
  let c = load<usize>(slot);
  if (c) {
    store<usize>(slot, load<usize>(c));
  } else {
    if (!brk) brk = (__heap_base + 15) & ~15;
    c = brk;
    const pages = <i32>((c + size + 0xffff) >>> 16) - memory.size();
    if (pages > 0 && memory.grow(pages) < 0) fail(OUT_OF_MEMORY);
    brk = c + size;
  }
  store<usize>(c, 0);
  store<usize>(c, size, 4);
  return c;
}

export function giveBack(c: usize): void {
  while (c) {
    const next = load<usize>(c);
    const slot = pools + ((<usize>ctz<u32>((<u32>load<usize>(c, 4)) >> CHUNK_BITS)) << 2);
    store<usize>(c, load<usize>(slot));
    store<usize>(slot, c);
    c = next;
  }
}

/** Memory outside of every region, at least `least` bytes: for the engine's own tables. */
export function takeChunk(least: usize): usize {
  return chunk(least + CHUNK_HEADER) + CHUNK_HEADER;
}

export function returnChunk(p: usize): void {
  giveBack(p - CHUNK_HEADER);
}
