/**
 * How much a callback may compute. `ap policy build` counts instructions at function entries and loop
 * heads, in bulk operations and at calls of the host, and takes them from `fuel`; below zero is a
 * fault. The engine fills it up for each handler of each policy, so one policy cannot starve the next.
 */

import { linkAddress } from "./live";
import { allowBody } from "./runtime/index";

/** Instructions left; the build starts it full, it by its export and removes the export. */
export let fuel: i32 = 0;

/** About 5 ms of computing in a header phase. */
export const HEADERS_FUEL: i32 = 10000000;
/** What a policy's handler gets; a simulator may set it by its export. */
export let budget: i32 = HEADERS_FUEL;
/** Instructions per byte of body on top of it. */
export const FUEL_PER_BYTE: i32 = 800;
/** Preparing a chain takes a while, once: it has the fuel and the memory that a body of this size has. */
export const PREPARING: i32 = 256 << 10;
const MOST: i32 = 2000000000;

/** Fills up for one handler that has `bytes` of body to work on, and allows the memory for it. */
export function refuel(bytes: i32): void {
  fuel = linkAddress ? budget : HEADERS_FUEL;
  if (bytes) refuelMore(bytes);
}

/** On top of what is left: what `bytes` more of body may cost. */
export function refuelMore(bytes: i32): void {
  allowBody(bytes);
  const wanted = <i64>fuel + <i64>bytes * FUEL_PER_BYTE;
  fuel = wanted > MOST ? MOST : <i32>wanted;
}
