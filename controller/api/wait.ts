/** `?wait=10s`: an answer that comes when every connected gateway has what was asked. */
import type { Context } from "hono";
import { UserError } from "../errors.ts";
import { Reader } from "../model/reader.ts";
import { readDuration } from "../model/duration.ts";

const maxWaitMs = 60_000;

/** Null when the caller does not want to wait. */
export const readWait = (c: Context): number | null => durationIn(c, "wait", maxWaitMs);

/** A duration of the query; null when there is none. */
export function durationIn(c: Context, field: string, mostMs: number): number | null {
  const text = c.req.query(field);
  if (text === undefined) return null;
  const reader = new Reader(text, field);
  const ms = readDuration(reader);
  if (ms === null) throw new UserError("Invalid query parameter", reader.findings.errors);
  if (ms > mostMs)
    throw new UserError("Invalid query parameter", [
      { field, message: `must be at most ${mostMs / 1_000}s, found "${text}"` },
    ]);
  return ms;
}

export type Settled = "served" | "refused" | "pending";

/** Looks again at each change, until it is settled or the time is over. */
export async function waitUntil(
  settled: () => Settled,
  waitMs: number,
  changed: (timeoutMs: number) => Promise<void>,
): Promise<Settled> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const state = settled();
    const left = deadline - performance.now();
    if (state !== "pending" || left <= 0) return state;
    await changed(left);
  }
}
