/** The parts of timestamps and durations. */
import { Civil } from "../../time/instant";
import { NO_OFFSET, parseOffset } from "../../time/rfc3339";
import { Fn } from "./table";
import { Kind, Value } from "../value";

/** A function of `Fn.GetFullYear`…`Fn.GetMilliseconds`. */
export function timeFunction(fn: Fn, args: Array<Value>): Value {
  const value = args[0];
  if (value.kind == Kind.Duration && args.length == 1) return ofDuration(fn, value.bits);
  if (value.kind != Kind.Timestamp)
    return Value.error("a function of times was given something else");
  let offset = 0;
  if (args.length > 1) {
    offset = args[1].kind == Kind.String ? offsetOf(args[1].text) : NO_OFFSET;
    if (offset == NO_OFFSET)
      return Value.error("a time zone is neither UTC nor an offset such as +01:00");
  }
  const at = new Civil(value.bits + offset);
  switch (fn) {
    case Fn.GetFullYear:
      return Value.int(at.year);
    case Fn.GetMonth:
      return Value.int(at.month - 1);
    case Fn.GetDate:
      return Value.int(at.day);
    case Fn.GetDayOfMonth:
      return Value.int(at.day - 1);
    case Fn.GetDayOfWeek:
      return Value.int(at.weekday);
    case Fn.GetDayOfYear:
      return Value.int(at.dayOfYear - 1);
    case Fn.GetHours:
      return Value.int(at.hour);
    case Fn.GetMinutes:
      return Value.int(at.minute);
    case Fn.GetSeconds:
      return Value.int(at.second);
  }
  return Value.int(value.nanos / 1000000);
}

function ofDuration(fn: Fn, nanos: i64): Value {
  switch (fn) {
    case Fn.GetHours:
      return Value.int(nanos / 3600000000000);
    case Fn.GetMinutes:
      return Value.int(nanos / 60000000000);
    case Fn.GetSeconds:
      return Value.int(nanos / 1000000000);
    case Fn.GetMilliseconds:
      return Value.int((nanos / 1000000) % 1000);
  }
  return Value.error("a duration has no date");
}

function offsetOf(zone: string): i32 {
  if (zone == "UTC" || zone == "") return 0;
  return parseOffset(zone.length == 5 ? "+" + zone : zone, 0);
}
