/** Spans of time as documents write them. */
import type { Reader } from "./reader.ts";

const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Ten years: far less than Envoy takes, and more than anybody waits. */
const maxHours = 87_600;

/** A single number with a single unit, for example `1.5s`. */
export function readDuration(reader: Reader, rule: { positive?: boolean } = {}): number | null {
  const text = reader.expects({ pattern: duration.source }).text();
  if (text === null) return null;
  const [, amount, unit] = duration.exec(text) ?? [];
  if (!amount || !unit) {
    reader.fail(`must be a duration with one unit (ms, s, m, h), for example 30s, found "${text}"`);
    return null;
  }
  // Whole, because answers and Envoy have them whole; what is longer than nothing stays so.
  const exact = Number(amount) * unitMs[unit as keyof typeof unitMs];
  const ms = exact > 0 ? Math.max(1, Math.round(exact)) : 0;
  if (ms > maxHours * unitMs.h) reader.fail(`must be at most ${maxHours}h, found "${text}"`);
  if (rule.positive && ms === 0) reader.fail(`must be longer than zero, found "${text}"`);
  return ms;
}
