/**
 * Data segments that lie close together, as one: the compiler writes each static text as a segment of
 * its own, with a header that is longer than the zeros between two of them.
 */
import { Reader, Writer } from "./bytes.ts";

interface Segment {
  offset: number;
  bytes: Uint8Array;
}

/** Zeros that cost no more than a segment's header does. */
const MOST_GAP = 7;

/** The section's content with fewer segments; as it was if it has any that are not plain. */
export function mergeData(content: Uint8Array): { content: Uint8Array; segments: number } {
  const reader = new Reader(content);
  const segments: Segment[] = [];
  const count = reader.unsigned();
  for (let i = 0; i < count; i++) {
    if (reader.unsigned() !== 0 || reader.byte() !== 0x41) return { content, segments: count };
    const offset = reader.signed();
    if (reader.byte() !== 0x0b) return { content, segments: count };
    segments.push({ offset, bytes: reader.take(reader.unsigned()) });
  }
  segments.sort((a, b) => a.offset - b.offset);
  const merged: Segment[] = [];
  for (const one of segments) {
    const last = merged.at(-1);
    const gap = last ? one.offset - last.offset - last.bytes.length : Infinity;
    if (!last || gap < 0 || gap > MOST_GAP) {
      merged.push(one);
      continue;
    }
    const bytes = new Uint8Array(last.bytes.length + gap + one.bytes.length);
    bytes.set(last.bytes);
    bytes.set(one.bytes, last.bytes.length + gap);
    last.bytes = bytes;
  }
  const writer = new Writer().unsigned(merged.length);
  for (const { offset, bytes } of merged) {
    writer.byte(0, 0x41).signed(offset).byte(0x0b).unsigned(bytes.length).put(bytes);
  }
  return { content: writer.finish(), segments: merged.length };
}
