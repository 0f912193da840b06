export * from "./regions";
import { NO_TIME } from "../../../../sdk/std/time/civil";
import { parseDuration, parseSingleDuration } from "../../../../sdk/std/time/duration";
import { httpDate, parseHttpDate } from "../../../../sdk/std/time/http-date";
import { parseRfc3339, rfc3339 } from "../../../../sdk/std/time/rfc3339";
import { windowEnd, windowStart } from "../../../../sdk/std/time/window";

function told(value: i64): string {
  return value == NO_TIME ? "none" : value.toString();
}

export function duration(text: string): string {
  return told(parseDuration(text));
}

export function singleDuration(text: string): string {
  return told(parseSingleDuration(text));
}

export function fromHttpDate(text: string): string {
  return told(parseHttpDate(text));
}

export function toHttpDate(seconds: f64): string {
  return httpDate(<i64>seconds);
}

export function fromRfc3339(text: string): string {
  return told(parseRfc3339(text));
}

export function toRfc3339(milliseconds: f64): string {
  return rfc3339(<i64>milliseconds);
}

export function window(now: f64, window: i32): string {
  const start = windowStart(<i64>now, window);
  return rfc3339(start) + " " + rfc3339(windowEnd(<i64>now, window));
}
