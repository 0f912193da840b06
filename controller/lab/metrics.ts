/** What modules counted, and how many machines Envoy runs, as its admin tells. */
import type { MetricValue } from "../../host-sim/cases/runner.ts";
import { until } from "../until.ts";
import type { Envoy } from "../agent/envoy.ts";

export type Counted = Record<string, MetricValue>;

interface Stats {
  stats: {
    name?: string;
    value?: number;
    histograms?: { details: { name: string; totals: { count: number }[] }[] };
  }[];
}

/** Counters and gauges by the names that Envoy shows; of histograms, how many values were recorded. */
export async function readMetrics(envoy: Envoy): Promise<Counted> {
  const path = "/stats?format=json&histogram_buckets=detailed&filter=^wasmcustom";
  const { stats } = JSON.parse(await envoy.admin(path)) as Stats;
  const found = stats.flatMap(({ name, value, histograms }): [string, MetricValue][] => {
    if (name !== undefined) return [[name, value ?? 0]];
    return (histograms?.details ?? []).map((one) => [
      one.name,
      { count: one.totals.reduce((sum, { count }) => sum + count, 0) },
    ]);
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Envoy keeps what it counts for as long as it runs, over all modules. */
export const since = (before: Counted, after: Counted): Counted =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, difference(value, before[name])]),
  );

function difference(value: MetricValue, before: MetricValue | undefined): MetricValue {
  if (typeof value === "number") return typeof before === "number" ? value - before : value;
  return { count: value.count - (typeof before === "object" ? before.count : 0) };
}

export async function machines(envoy: Envoy): Promise<number> {
  const text = await envoy.admin("/stats?filter=^wasm.envoy.wasm.runtime.v8.active$");
  return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
}

const drainPatienceMs = 5_000;

/** Settles when there are no more machines than `count`. */
export const machinesGone = (envoy: Envoy, count: number): Promise<void> =>
  until(async () => {
    const left = (await machines(envoy)) - count;
    if (left > 0) throw new Error(`${left} of Envoy's wasm machines are still there`);
  }, drainPatienceMs);
