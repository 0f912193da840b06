/**
 * What happens when a policy fails. The build turns every trap of a module into an exception that the
 * callback's edge catches; it lands in `onFault`. The request gets 500 and its policies never run
 * again; every other stream of the worker goes on. Nothing is ever let through.
 */
import { LogLevel } from "../abi";
import { proxy_log } from "../env";
import { nowNanoseconds } from "../hostcalls/clock";
import { decimal, encode, written } from "../hostcalls/text";
import { Reply } from "../reply";
import { abortColumn, abortFile, abortLine, abortMessage, clearAbort } from "./abort";
import { Link, describe } from "./link";
import { countFault } from "./watch";
import { linkAddress, stream, streamAddress } from "./live";
import { clearMemoryFault, memoryFault } from "./runtime/chunks";
import { enterCallback, leaveCallback } from "./runtime/index";
import { Fact, Phase } from "./stream";

/** Kinds of fault that the build's checks raise by themselves. */
export enum Fault {
  /** `abort` or an allocation; the reason was noted before. */
  Unreachable = 0,
  OutOfFuel = 1,
  TooDeep = 2,
  DivisionByZero = 3,
  NoSuchNumber = 4,
  OutOfBounds = 5,
}

let sequence: u64 = 0;

/** In the order of `Fault`, then of the runtime's reasons: one text, to be found by counting bars. */
const REASONS: string =
  "|computed for too long|recursion too deep|division by zero or overflow|" +
  "a number that fits no integer|a table index out of bounds||out of memory|" +
  "allocated too much in one callback|keeps too much for one request|" +
  "kept a request's object in a policy or a constant; use request.state or a Cell|" +
  "kept an object of a Cell in a request|" +
  "kept an object of another request|";
const MEMORY_REASONS: i32 = 6;

function listed(n: i32): string {
  let start = 0;
  for (let i = 0; i < n; i++) start = REASONS.indexOf("|", start) + 1;
  return REASONS.substring(start, REASONS.indexOf("|", start));
}

function reasonOf(kind: Fault): string {
  if (kind != Fault.Unreachable) return listed(kind);
  if (memoryFault) return listed(MEMORY_REASONS + memoryFault);
  if (!abortMessage) return "unreachable code";
  const text = changetype<string>(abortMessage);
  if (!abortFile) return text;
  return (
    text +
    " at " +
    changetype<string>(abortFile) +
    ":" +
    decimal(abortLine) +
    ":" +
    decimal(abortColumn)
  );
}

function hex(value: u64, digits: i32): string {
  let text = "";
  for (let i = digits - 1; i >= 0; i--) {
    const digit = <i32>((value >> ((<u64>i) << 2)) & 15);
    text += String.fromCharCode(digit < 10 ? 48 + digit : 87 + digit);
  }
  return text;
}

/** Unlike any other of this gateway: time, a counter and the stream, mixed (splitmix64). */
function errorId(): string {
  let high = nowNanoseconds() + ++sequence * 0x9e3779b97f4a7c15;
  high = (high ^ (high >> 30)) * 0xbf58476d1ce4e5b9;
  high = (high ^ (high >> 27)) * 0x94d049bb133111eb;
  high ^= high >> 31;
  let low = (high ^ (<u64>streamAddress)) + 0x9e3779b97f4a7c15;
  low = (low ^ (low >> 30)) * 0xbf58476d1ce4e5b9;
  low ^= low >> 31;
  const third = (high & 0xfff) | 0x4000;
  const fourth = ((low >> 48) & 0x3fff) | 0x8000;
  return (
    hex(high >> 32, 8) +
    "-" +
    hex(high >> 16, 4) +
    "-" +
    hex(third, 4) +
    "-" +
    hex(fourth, 4) +
    "-" +
    hex(low, 12)
  );
}

function write(level: LogLevel, text: string): void {
  const at = encode(text);
  proxy_log(level, at, written);
}

/** The 500 of the contract, with an id that the log has too. */
export function refuse(why: string): void {
  const id = errorId();
  write(LogLevel.Error, why + " (error id " + id + ")");
  const record = stream();
  record.note(Fact.Failed);
  if (record.has(Fact.Replied)) return;
  new Reply(500)
    .json('{"error":"Internal Server Error","error_id":"' + id + '"}')
    .header("x-error-id", id)
    .because("policy_fault")
    .send();
}

/** Called, with fuel for it, by the edge of a callback that ended in a fault. Leaves the module ready for the next. */
export function onFault(kind: Fault): void {
  const slot = streamAddress ? stream().slot() : 0;
  if (memoryFault) {
    // No memory left to say so: what the callback has made goes first.
    leaveCallback();
    enterCallback(slot);
  }
  countFault(linkAddress ? changetype<Link>(linkAddress).name : "engine");
  const why = "policy " + describe(linkAddress) + " failed: " + reasonOf(kind);
  clearAbort();
  clearMemoryFault();
  if (streamAddress && stream().phase != Phase.Log) refuse(why);
  else write(LogLevel.Error, why);
  leaveCallback();
}
