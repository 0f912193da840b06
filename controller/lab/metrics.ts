/** What modules counted, and how many machines Envoy runs, as its admin tells. */
import type { MetricValue } from "../../host-sim/cases/runner.ts";
import { until } from "../until.ts";
import type { Envoy } from "../agent/envoy.ts";

interface Stats {
  stats: {
    name?: string;
    value?: number;
    histograms?: { details?: { name: string; totals: { count: number }[] }[] };
  }[];
}

export interface Counted {
  counters: Record<string, number>;
  gauges: Record<string, number>;
  /** How many values were recorded. */
  histograms: Record<string, number>;
}

/** What modules counted, by the names that Envoy shows. */
export async function readMetrics(envoy: Envoy): Promise<Counted> {
  const numbers = async (type: string): Promise<Record<string, number>> => {
    const { stats } = await read(envoy, type);
    return Object.fromEntries(
      stats.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? 0]])),
    );
  };
  const { stats } = await read(envoy, "Histograms&histogram_buckets=detailed");
  const details = stats.flatMap(({ histograms }) => histograms?.details ?? []);
  const recorded = details.map(({ name, totals }) => [
    name,
    totals.reduce((sum, { count }) => sum + count, 0),
  ]);
  return {
    counters: await numbers("Counters"),
    gauges: await numbers("Gauges"),
    histograms: Object.fromEntries(recorded),
  };
}

const read = async (envoy: Envoy, type: string): Promise<Stats> =>
  JSON.parse(await envoy.admin(`/stats?format=json&filter=^wasmcustom&type=${type}`)) as Stats;

/** Envoy keeps what it counts for as long as it runs, over all modules; a gauge shows what is now. */
export function since(before: Counted, after: Counted): Record<string, MetricValue> {
  const found: [string, MetricValue][] = [
    ...Object.entries(after.counters).map(([name, value]): [string, number] => [
      name,
      value - (before.counters[name] ?? 0),
    ]),
    ...Object.entries(after.gauges),
    ...Object.entries(after.histograms).map(([name, count]): [string, { count: number }] => [
      name,
      { count: count - (before.histograms[name] ?? 0) },
    ]),
  ];
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function machines(envoy: Envoy): Promise<number> {
  const text = await envoy.admin("/stats?filter=^wasm.envoy.wasm.runtime.v8.active$");
  return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
}

const drainPatienceMs = 60_000;

/** Settles when there are no more machines than `count`. */
export const machinesGone = (envoy: Envoy, count: number): Promise<void> =>
  until(async () => {
    const left = (await machines(envoy)) - count;
    if (left > 0) throw new Error(`${left} of Envoy's wasm machines are still there`);
  }, drainPatienceMs);
