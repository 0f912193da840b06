/** A module whose memory may not grow beyond a bound: what running out of memory is like, without using it up. */
import { SimulatorError } from "../errors.ts";

const page = 65_536;
const memorySection = 5;

export function limitMemory(module: Uint8Array, bytes: number): Uint8Array {
  const reader = { at: 8 };
  while (reader.at < module.length) {
    const start = reader.at;
    const id = module[reader.at++];
    const size = unsigned(module, reader);
    const end = reader.at + size;
    if (id !== memorySection) {
      reader.at = end;
      continue;
    }
    // One memory: a count, flags, the pages it starts with and perhaps the pages it may have.
    reader.at += 2;
    const least = unsigned(module, reader);
    const most = Math.floor(bytes / page);
    if (most < least)
      throw new SimulatorError(
        `inject.memoryBytes: the module starts with ${least * page} bytes, more than ${bytes}`,
      );
    const content = [1, 1, ...leb(least), ...leb(most)];
    const section = [memorySection, ...leb(content.length), ...content];
    return Buffer.concat([
      module.subarray(0, start),
      Uint8Array.from(section),
      module.subarray(end),
    ]);
  }
  throw new SimulatorError("inject.memoryBytes: the module has no memory of its own");
}

function unsigned(bytes: Uint8Array, reader: { at: number }): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[reader.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (rest <= 0x7f) return bytes;
  }
}
