import { parseHttpDate as readHttpDate } from "../../../../sdk/std/time/http-date";
import { Civil } from "../../../../sdk/std/time/instant";
import { parseRfc3339 as readRfc3339 } from "../../../../sdk/std/time/rfc3339";
export * from "./regions";
export {
  formatDuration,
  parseDuration,
  parseSimpleDuration,
} from "../../../../sdk/std/time/duration";
export { formatHttpDate } from "../../../../sdk/std/time/http-date";
export { formatRfc3339 } from "../../../../sdk/std/time/rfc3339";
export { windowEnd, windowStart } from "../../../../sdk/std/time/window";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

/** Seconds and nanoseconds; null if the text is no timestamp. */
export function parseRfc3339(text: string): string | null {
  const instant = readRfc3339(text);
  return instant ? instant.seconds.toString() + "." + instant.nanos.toString() : null;
}

export function parseHttpDate(text: string, now: i64): string | null {
  const instant = readHttpDate(text, now);
  return instant ? instant.seconds.toString() : null;
}

export function weekday(seconds: i64): i32 {
  return new Civil(seconds).weekday;
}
