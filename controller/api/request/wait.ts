/** `?wait=10s`: an answer that comes when every connected gateway has what was asked. */
import type { Context } from "hono";
import type { Settled } from "../../deploy/status/of-api.ts";
import { Reader } from "../../model/reader.ts";
import { readDuration } from "../../model/duration.ts";
import { parameter, refusedParameter } from "./query.ts";

const maxWaitMs = 60_000;

/** Null when the caller does not want to wait. */
export const readWait = (c: Context): number | null => durationIn(c, "wait", maxWaitMs);

/** A duration of the query; null when there is none. */
export function durationIn(c: Context, field: string, mostMs: number): number | null {
  const text = parameter(c, field);
  if (text === undefined) return null;
  const reader = new Reader(text, field);
  const ms = readDuration(reader);
  const [error] = reader.findings.errors;
  if (error || ms === null) throw refusedParameter(field, error?.message ?? "is required");
  if (ms > mostMs)
    throw refusedParameter(field, `must be at most ${mostMs / 1_000}s, found "${text}"`);
  return ms;
}

/** Looks again at each change, until it is settled or the time is over. */
export async function waitUntil(
  settled: () => Promise<Settled>,
  waitMs: number,
  changed: (timeoutMs: number) => Promise<void>,
): Promise<Settled> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const left = deadline - performance.now();
    // Begun before looking, so that no change slips in between.
    const next = left > 0 ? changed(left) : null;
    const state = await settled();
    if (state !== "pending" || next === null) return state;
    await next;
  }
}
