/** Lets a test run each call as the engine runs a callback, and compile as the engine makes a chain. */
import { memoryFault } from "../../../../sdk/engine/runtime/chunks";
import {
  allowBody,
  enterCallback,
  enterRegion,
  leaveCallback,
  leaveRegion,
  openChain,
} from "../../../../sdk/engine/runtime/index";

export function beginCall(bytes: i32): void {
  enterCallback(0);
  if (bytes) allowBody(bytes);
}

export function endCall(): void {
  leaveCallback();
}

export function beginChain(): void {
  enterRegion(openChain());
}

export function endChain(): void {
  leaveRegion();
}

export function faultOfMemory(): i32 {
  return memoryFault;
}

/** Takes the place of the host's `abort`, which the engine's own takes in a module. */
export function stop(message: string, file: string, line: i32, column: i32): void {
  unreachable();
}
