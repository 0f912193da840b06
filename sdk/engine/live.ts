/**
 * What runs now. In AssemblyScript the module is the instance, so these are module variables; they
 * hold plain addresses and numbers, never references that a region could give away.
 */
import { Stream } from "./stream";
import { tellRunning } from "./trace";

/** The stream of the running callback, 0 in the callbacks of a root context. */
export let streamAddress: usize = 0;
/** Counts callbacks: whatever was fetched from the host in an earlier one is stale. */
export let callback: u32 = 0;
/** The root context of the running callback. */
export let rootContext: u32 = 0;
/**
 * What runs, for the report of a fault: an address of a `Link`, 0 for the engine itself. The module
 * exports it as `p`, so that a simulator can say who answered.
 */
export let linkAddress: usize = 0;

/** The chain of the running callback, 0 if there is none. */
export let chainAddress: usize = 0;

export function setChain(address: usize): void {
  chainAddress = address;
}

export function setStream(address: usize): void {
  streamAddress = address;
  chainAddress = 0;
  callback++;
}

export function setRoot(context: u32): void {
  rootContext = context;
}

export function setLink(address: usize): void {
  linkAddress = address;
  if (isDefined(TRACE)) tellRunning(address);
}

export function stream(): Stream {
  return changetype<Stream>(streamAddress);
}
