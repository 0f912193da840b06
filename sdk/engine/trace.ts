/**
 * Tells a simulator which policy runs and where a fault comes from, so that a request's way can be shown
 * policy by policy. Only in modules that are built for it (`TRACE`); Envoy has no such functions.
 * Allocates nothing: a fault may be that there is no memory left.
 */
import { proxy_call_foreign_function } from "../env";
import { Link } from "./link";

/** The policy at this address runs from now on; the engine itself at 0. */
export function tellRunning(link: usize): void {
  const name = link ? changetype<Link>(link).name : "";
  const at = changetype<usize>(name);
  const size = (<usize>name.length) << 1;
  // sluice.runs
  const runs = memory.data<u8>([0x73, 0x6c, 0x75, 0x69, 0x63, 0x65, 0x2e, 0x72, 0x75, 0x6e, 0x73]);
  const out = memory.data(8);
  proxy_call_foreign_function(runs, 11, at, size, out, out + 4);
}

/** Called just before a fault ends the callback, with its kind, which it hands back. */
export function noteFault(kind: i32): i32 {
  // sluice.fault
  const fault = memory.data<u8>([
    0x73, 0x6c, 0x75, 0x69, 0x63, 0x65, 0x2e, 0x66, 0x61, 0x75, 0x6c, 0x74,
  ]);
  const out = memory.data(8);
  proxy_call_foreign_function(fault, 12, 0, 0, out, out + 4);
  return kind;
}
