/**
 * Reads HTTP/1 strictly, from where Envoy reads on. A line ends in CR LF and has no other CR or LF, the request line is three
 * words with a space between them, and no line behind it begins with a blank; behind the headers comes what they say. Bytes
 * of bodies are not looked at. Where Envoy must not go on, it gets what it refuses instead.
 */
import { Connection, connectionAt, LINE, Phase } from "./connection";
import { countRefused } from "./counters";
import { endFields, readField } from "./framing";
import { append, copyBehind, drop, show, window } from "./host";
import { chunkSize, controlAt, countSpaces, CR, isBlank, LF, lineEnd, says } from "./lines";
import { appendMark, drawMark, isMark, MARK } from "./mark";

/** Refused wherever it stands outside of a body: NUL behind CR, and an end for what would be waited for. */
const refusal: usize = memory.data<u8>([13, 0, 13, 10, 13, 10]);
const REFUSAL: usize = 6;

/** How many bytes the buffer had when this callback began, and which of them the window begins with. */
let size: u32 = 0;
let base: u32 = 0;

/** A request begins here: behind another one, or behind a mark at the buffer's start. */
let begins: bool = false;
/** How many began behind another one. */
let following: u32 = 0;
/** Envoy must not get the byte at which reading stopped. */
let refused: bool = false;

/** While marks are written: up to here the buffer has been copied. */
let marking: bool = false;
let copied: u32 = 0;

const before: Connection = connectionAt(memory.data(224, 16));

/** What the connection's buffer has, `total` bytes. */
export function read(c: Connection, total: u32): void {
  size = total;
  marking = false;
  const isOld = c.mark != 0 && beginsWithMark(c);
  if (isOld) c.restart();
  else c.mark = 0;
  before.copy(c);
  begins = isOld;
  const stopped = readAll(c);
  if (refused) refuse(c, stopped);
  else if (following && !c.isBetweenRequests && c.phase != Phase.Opaque) {
    c.copy(before);
    begins = isOld;
    mark(c);
  }
}

function beginsWithMark(c: Connection): bool {
  return isMark(c, window, window + show(0, MARK));
}

/** Envoy answers, behind the answers to what came before, and closes. */
function refuse(c: Connection, stopped: u32): void {
  copyBehind(0, stopped);
  append(refusal, REFUSAL);
  drop(size);
  c.phase = Phase.Opaque;
  countRefused();
}

/** The last request is not complete: when the buffer is shown again it must be known where that begins. */
function mark(c: Connection): void {
  if (!c.mark) c.mark = drawMark();
  marking = true;
  copied = 0;
  readAll(c);
  copyBehind(copied, size);
  drop(size);
}

/** Where it stopped. */
function readAll(c: Connection): u32 {
  refused = false;
  following = 0;
  let at: u32 = 0;
  while (at < size && c.phase != Phase.Opaque && !refused) {
    at += skipBody(c, size - at);
    if (at == size) break;
    if (marking) {
      copyBehind(copied, at);
      copied = at;
    }
    base = at;
    at += <u32>(readWindow(c, window + show(at, size - at)) - window);
  }
  return at;
}

/** Where it stopped: at `to`, or where more of the buffer has to be seen, or where Envoy must not go on. */
function readWindow(c: Connection, to: usize): usize {
  let at = window;
  while (at < to && !refused) {
    if (begins) {
      if (c.mark && to - at < MARK && base + <u32>(to - window) < size) return at;
      at = begin(c, at, to);
    } else if (c.phase == Phase.Opaque) return to;
    else if (c.phase == Phase.Body || c.phase == Phase.Chunk) at += skipBody(c, <u32>(to - at));
    else at = readLine(c, at, to);
  }
  return at;
}

function begin(c: Connection, at: usize, to: usize): usize {
  begins = false;
  const offset = base + <u32>(at - window);
  if (offset) following++;
  if (c.mark && isMark(c, at, to)) return at + MARK;
  if (marking) {
    append(window + (copied - base), offset - copied);
    copied = offset;
    appendMark(c);
  }
  return at;
}

/** How many of `there` bytes belong to the body or the chunk that is being read. */
function skipBody(c: Connection, there: u32): u32 {
  if (c.phase != Phase.Body && c.phase != Phase.Chunk) return 0;
  const step = <u32>min<i64>(c.left, there);
  c.left -= step;
  if (!c.left) {
    if (c.phase == Phase.Chunk) c.phase = Phase.ChunkEnd;
    else endRequest(c);
  }
  return step;
}

function endRequest(c: Connection): void {
  c.restart();
  begins = true;
}

/** Behind the line or what there is of it, or where Envoy must not go on. */
function readLine(c: Connection, at: usize, to: usize): usize {
  let end = at;
  if (!c.cr) {
    if (!c.begun && !mayBegin(c.phase, load<u8>(at))) return stop(at);
    if (c.phase == Phase.Start) {
      end = controlAt(at, to);
      c.spaces += countSpaces(at, end);
    } else end = lineEnd(at, to);
    if (end < to && load<u8>(end) != CR) return stop(end);
    if (c.begun || end + 1 >= to) c.keep(at, end);
    if (end + 1 < to) end++;
    else {
      c.cr = end < to;
      return to;
    }
  }
  if (load<u8>(end) != LF) return stop(end);
  const isKept = c.begun > 0 || c.cr;
  const from = isKept ? c.line : at;
  const length = isKept ? <usize>c.begun : end - 1 - at;
  c.begun = 0;
  c.cr = false;
  return endLine(c, from, length) ? end + 1 : stop(end);
}

function stop(at: usize): usize {
  refused = true;
  return at;
}

function mayBegin(phase: Phase, byte: u8): bool {
  if (phase == Phase.ChunkEnd) return byte == CR;
  return !isBlank(byte) || (phase != Phase.Fields && phase != Phase.Trailers);
}

/** Of a longer line only the first bytes are there. False: it must not end so. */
function endLine(c: Connection, from: usize, length: usize): bool {
  const to = from + min(length, LINE);
  switch (c.phase) {
    case Phase.Start:
      if (length && c.spaces != 2) return false;
      if (length) c.phase = says(from, to, "pri * http/2") ? Phase.Opaque : Phase.Fields;
      return true;
    case Phase.Fields:
      if (length) readField(c, from, to, length > LINE);
      else if (!endFields(c)) return false;
      else if (c.phase == Phase.Start) endRequest(c);
      return true;
    case Phase.Size:
      c.left = chunkSize(from, to);
      c.phase = c.left ? Phase.Chunk : Phase.Trailers;
      return c.left >= 0;
    case Phase.ChunkEnd:
      c.phase = Phase.Size;
      return true;
    default:
      if (!length) endRequest(c);
      return true;
  }
}
