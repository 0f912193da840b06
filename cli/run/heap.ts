/**
 * V8's heap, fitted to what a gateway has to keep. On its own V8 lets garbage pile up to some 60 MiB beside the 25 that are
 * in use; with few documents that is half of the process, and saves CPU that nobody misses.
 *
 * Set from inside, so that it holds however the gateway is started. V8 reads all of these whenever it decides, not only
 * when the process starts as it does `--max-semi-space-size`.
 */
import { setFlagsFromString } from "node:v8";

/** With so many documents a start would take half as long again. */
const many = 1_000;

/** The young generation doubles up to 32 MiB within the first half of a second, and is given back only after some at rest. */
const growth = "--semi-space-growth-factor";

const lean = [
  "--optimize-for-size",
  // Thirty times the usual: the compiler leaves 2 MiB in each of its threads, and takes more CPU than it saves here.
  "--interrupt-budget=2000000",
];

/** Before anything large is loaded. */
export function beginSmall(): void {
  setFlagsFromString(`${growth}=1`);
}

export function fitHeap(documents: number): void {
  if (documents < many) for (const flag of lean) setFlagsFromString(flag);
  else setFlagsFromString(`${growth}=2`);
}
