/**
 * Adopting regions: the memory of a module, instead of a garbage collector.
 *
 * Every object notes the region that it was made in (`gcInfo`). A region is a list of chunks that is
 * given back whole: a callback's when the callback ends, a stream's when the stream ends, a chain's
 * when the chain is evicted. The compiler calls `__link` for each reference stored into an object:
 *
 * - into something that dies sooner, or into the same region: fine;
 * - something of this callback into its own stream: the callback's chunks become the stream's;
 * - anything else would leave a reference to memory that is given away, and is a fault with a name.
 *
 * Owned by the engine: `enter*` before code runs, `leave` after it. Nothing is freed one by one.
 * The decorators that `asc` wants on these functions keep formatters from reading this file.
 */
import { OBJECT, TOTAL_OVERHEAD } from "rt/common";
import {
  CALLBACK_TOO_LARGE,
  CHUNK,
  CHUNK_HEADER,
  KEPT_ELSEWHERE,
  KEPT_FROM_CELL,
  KEPT_TOO_LONG,
  OUT_OF_MEMORY,
  STREAM_TOO_LARGE,
  chunk,
  fail,
  giveBack,
} from "./chunks";

/**
 * A region's record lies in its first chunk: owner, first, last, level, bytes, limit, top, then for a
 * cell's region how many cells hold it, and for a chain's region its first cell.
 */
const RECORD: usize = 40;
/** Most that one callback may allocate, beside what its body needs, and that one stream may keep. */
const CALLBACK_LIMIT: usize = 8 << 20;
const STREAM_LIMIT: usize = 16 << 20;
const CHAIN_LIMIT: usize = 16 << 20;

/** How long a region lives, longest first. A cell's value lives until it is replaced. */
export const MODULE: u32 = 0;
export const CHAIN: u32 = 1;
export const CELL: u32 = 2;
export const STREAM: u32 = 3;
export const CALLBACK: u32 = 4;

let current: usize = 0;
let top: usize = 0;
let end: usize = 0;
let moduleRegion: usize = 0;
/** The region that callbacks use again and again; a new one is opened once it was adopted. */
let home: usize = 0;
/** Where the stream of this callback keeps its region's address: 0 until it keeps something. */
let streamSlot: usize = 0;
/** Where the callback's region was left when another was entered. */
let savedTop: usize = 0;
let savedEnd: usize = 0;

function open(level: u32, limit: usize): usize {
  const c = chunk(CHUNK);
  const r = c + CHUNK_HEADER;
  store<usize>(r, r);
  store<usize>(r, c, 4);
  store<usize>(r, c, 8);
  store<u32>(r, level, 12);
  store<usize>(r, CHUNK, 16);
  store<usize>(r, limit, 20);
  store<usize>(r, r + RECORD, 24);
  store<usize>(r, 0, 28);
  store<usize>(r, 0, 32);
  return r;
}

/** Makes `r` the region that allocations come from, going on where it was left. */
function use(r: usize): void {
  current = r;
  const last = load<usize>(r, 8);
  end = last + load<usize>(last, 4);
  top = load<usize>(r, 24);
}

/** `size` bytes after a header of `head` bytes, the first of them aligned to 16. */
function bump(head: usize, size: usize): usize {
  let p = (top + head + 15) & ~15;
  if (p > end || size > end - p) {
    spill(head + size);
    p = (top + head + 15) & ~15;
  }
  top = p + size;
  return p;
}

/** A new chunk for the current region, large enough for `size` bytes and their alignment. */
function spill(size: usize): void {
  if (!current) {
    enterModule();
    if (size < end - top) return;
  }
  if (size > <usize>1 << 29) fail(OUT_OF_MEMORY);
  const r = current;
  const c = chunk(size + CHUNK_HEADER + 16);
  const bytes = load<usize>(r, 16) + load<usize>(c, 4);
  store<usize>(load<usize>(r, 8), c);
  store<usize>(r, c, 8);
  store<usize>(r, bytes, 16);
  top = c + CHUNK_HEADER;
  end = c + load<usize>(c, 4);
  if (bytes > load<usize>(r, 20)) {
    fail(load<u32>(r, 12) == STREAM ? STREAM_TOO_LARGE : CALLBACK_TOO_LARGE);
  }
}

// @ts-ignore: decorator
@global @unsafe
export function __alloc(size: usize): usize {
  return bump(0, size);
}

// @ts-ignore: decorator
@global @unsafe
export function __realloc(p: usize, size: usize): usize {
  // Not used by objects (`__renew` is); kept because the compiler's library may name it.
  return __alloc(size);
}

// @ts-ignore: decorator
@global @unsafe
export function __free(p: usize): void {}

// @ts-ignore: decorator
@global @unsafe
export function __new(size: usize, id: u32): usize {
  const p = bump(TOTAL_OVERHEAD, size);
  const o = changetype<OBJECT>(p - TOTAL_OVERHEAD);
  o.gcInfo = <u32>current;
  o.gcInfo2 = 0;
  o.rtId = id;
  o.rtSize = <u32>size;
  return p;
}

// @ts-ignore: decorator
@global @unsafe
export function __renew(p: usize, size: usize): usize {
  const o = changetype<OBJECT>(p - TOTAL_OVERHEAD);
  const old = <usize>o.rtSize;
  if (size <= old) {
    o.rtSize = <u32>size;
    return p;
  }
  const q = __new(size, o.rtId);
  memory.copy(q, p, old);
  return q;
}

// @ts-ignore: decorator
@global @unsafe
export function __link(parent: usize, child: usize, multi: bool): void {
  if (!child) return;
  const b = <usize>changetype<OBJECT>(child - TOTAL_OVERHEAD).gcInfo;
  const a = <usize>changetype<OBJECT>(parent - TOTAL_OVERHEAD).gcInfo;
  if (a != b && b) settle(a, b);
}

/** A reference from an object of region `a` to one of region `b`: allowed, adopted, or refused. */
function settle(a: usize, b: usize): void {
  const to = load<usize>(b);
  const toLevel = load<u32>(to, 12);
  if (toLevel == MODULE) return;
  if (!a) fail(KEPT_TOO_LONG);
  const from = load<usize>(a);
  if (from == to) return;
  const fromLevel = load<u32>(from, 12);
  if (fromLevel > toLevel) {
    // Sooner gone than what it refers to, unless that is replaced while a stream waits.
    if (toLevel == CELL && fromLevel == STREAM) fail(KEPT_FROM_CELL);
    return;
  }
  if (fromLevel == STREAM && to == current && streamSlot && from == load<usize>(streamSlot)) {
    if (load<usize>(from, 16) + load<usize>(to, 16) > load<usize>(from, 20)) fail(STREAM_TOO_LARGE);
    store<usize>(to, from);
    return;
  }
  fail(fromLevel == STREAM ? KEPT_ELSEWHERE : KEPT_TOO_LONG);
}

// @ts-ignore: decorator
@global @unsafe
export function __pin(p: usize): usize {
  return p;
}

// @ts-ignore: decorator
@global @unsafe
export function __unpin(p: usize): void {}

// @ts-ignore: decorator
@global @unsafe
export function __collect(): void {}

// @ts-ignore: decorator
@global @unsafe
export function __visit(p: usize, cookie: u32): void {}

/** The module's own region: what is made at start-up and is never given back. */
function enterModule(): void {
  if (!moduleRegion) moduleRegion = open(MODULE, usize.MAX_VALUE);
  use(moduleRegion);
}

/**
 * Starts a callback. `slot` is where its stream keeps the address of the stream's region (0 when the
 * callback has no stream): what the callback stores into the stream's objects is then kept with it.
 */
export function enterCallback(slot: usize): void {
  if (!home) home = open(CALLBACK, CALLBACK_LIMIT);
  if (current && current == moduleRegion) store<usize>(current, top, 24);
  store<usize>(home, CALLBACK_LIMIT, 20);
  streamSlot = slot;
  current = home;
  const c = load<usize>(home, 4);
  top = c + CHUNK_HEADER + RECORD;
  end = c + load<usize>(c, 4);
}

/** Lets the running callback allocate for `bytes` more of body: as text it takes twice as many, and copies. */
export function allowBody(bytes: i32): void {
  if (home) store<usize>(home, load<usize>(home, 20) + (<usize>bytes << 3), 20);
}

/** Ends a callback: its memory goes, or stays with the stream that keeps part of it. */
export function leaveCallback(): void {
  const r = home;
  const first = load<usize>(r, 4);
  const owner = load<usize>(r);
  if (owner != r) {
    store<usize>(load<usize>(owner, 8), first);
    store<usize>(owner, load<usize>(r, 8), 8);
    const bytes = load<usize>(owner, 16) + load<usize>(r, 16);
    store<usize>(owner, bytes, 16);
    store<usize>(owner, current == r ? top : savedTop, 24);
    home = 0;
  } else if (load<u32>(r, 12) != CALLBACK) {
    home = 0; // a cell took it
  } else if (load<usize>(r, 8) != first) {
    giveBack(load<usize>(first));
    store<usize>(first, 0);
    store<usize>(r, first, 8);
    store<usize>(r, CHUNK, 16);
  }
  while (replaced) {
    const gone = replaced;
    replaced = load<usize>(gone, 32);
    giveBack(load<usize>(gone, 4));
  }
  streamSlot = 0;
  current = 0;
  top = 0;
  end = 0;
}

/** Allocates in the current stream's region until `leaveRegion`. */
export function enterStream(): void {
  let r = load<usize>(streamSlot);
  if (!r) {
    r = open(STREAM, STREAM_LIMIT);
    store<usize>(streamSlot, r);
  }
  enterRegion(r);
}

export function openChain(): usize {
  return open(CHAIN, CHAIN_LIMIT);
}

/** Allocates in region `r`, inside a callback, until `leaveRegion`. Does not nest. */
export function enterRegion(r: usize): void {
  savedTop = top;
  savedEnd = end;
  use(r);
}

export function leaveRegion(): void {
  store<usize>(current, top, 24);
  current = home;
  top = savedTop;
  end = savedEnd;
}

/** The region that allocations come from now. */
export function currentRegion(): usize {
  return current;
}

/** Gives a stream's or a chain's region back, and what the chain's cells hold. */
export function dropRegion(r: usize): void {
  if (!r) return;
  for (let cell = load<usize>(r, 32); cell; cell = load<usize>(cell, CELL_NEXT)) {
    dropCell(load<usize>(cell, CELL_REGION));
  }
  giveBack(load<usize>(r, 4));
}

/** Where a `Cell` keeps the region of its value, and the next cell of its chain: its first two words. */
const CELL_REGION: usize = 0;
const CELL_NEXT: usize = 4;

/** Notes a cell of the region that is allocated in, so that its value goes when that region goes. */
export function addCell(cell: usize): void {
  store<usize>(cell, load<usize>(current, 32), CELL_NEXT);
  store<usize>(current, cell, 32);
}

/** Values that were replaced in this callback, which may still look at them. */
let replaced: usize = 0;

/** Lets go of a cell's value at the end of the callback. */
export function replaceCell(r: usize): void {
  if (!r) return;
  const count = load<usize>(r, 28) - 1;
  store<usize>(r, count, 28);
  if (count) return;
  store<usize>(r, replaced, 32);
  replaced = r;
}

function dropCell(r: usize): void {
  if (!r) return;
  const count = load<usize>(r, 28) - 1;
  store<usize>(r, count, 28);
  if (!count) giveBack(load<usize>(r, 4));
}

export function regionBytes(r: usize): usize {
  return r ? load<usize>(r, 16) : 0;
}

/** Makes this callback's memory a cell's: it stays until the cell's next value. */
export function becomeCell(): usize {
  const r = home;
  if (current != home || load<usize>(r) != r) fail(KEPT_ELSEWHERE);
  store<u32>(r, CELL, 12);
  store<usize>(r, load<usize>(r, 28) + 1, 28);
  return r;
}
