/** What is counted of one gateway to judge a module: requests, their failures, and the faults of policies. */

export interface Counters {
  requests: number;
  /** Answers of 500 and above, whoever gave them. */
  failures: number;
  /** Policies that trapped, ran out of fuel or memory. */
  faults: number;
}

export interface Measured {
  counters: Counters;
  /** By `performance.now()`, when it came here. */
  at: number;
}

export const noCounters: Counters = { requests: 0, failures: 0, faults: 0 };

/** Asked of an Envoy's admin only while a module is being judged: it looks through all of its statistics. */
export const countersPath = `/stats?usedonly&filter=${encodeURIComponent(
  "^(http\\.https?\\.downstream_rq_(completed|5xx)|wasmcustom\\.sluice\\.faults\\..*)$",
)}`;

export function readCounters(stats: string): Counters {
  const counters = { ...noCounters };
  for (const [, name = "", value] of stats.matchAll(/^(\S+): (\d+)$/gm)) {
    const amount = Number(value);
    if (name.startsWith("wasmcustom.")) counters.faults += amount;
    else if (name.endsWith("_5xx")) counters.failures += amount;
    else counters.requests += amount;
  }
  return counters;
}

const names = ["requests", "failures", "faults"] as const;

const combined = (a: Counters, b: Counters, by: (a: number, b: number) => number): Counters => ({
  requests: by(a.requests, b.requests),
  failures: by(a.failures, b.failures),
  faults: by(a.faults, b.faults),
});

export const sum = (all: readonly Counters[]): Counters =>
  all.reduce((a, b) => combined(a, b, (x, y) => x + y), noCounters);

export const since = (before: Counters, now: Counters): Counters =>
  combined(now, before, (x, y) => x - y);

/** An Envoy that started anew counts from nothing. */
export const hasRestarted = (before: Counters, now: Counters): boolean =>
  names.some((name) => now[name] < before[name]);
