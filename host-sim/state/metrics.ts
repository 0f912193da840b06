/** What modules count, under the names that Envoy shows: `wasmcustom.` before the module's own. */
import { MetricType } from "../../sdk/abi.ts";

export interface Metric {
  name: string;
  type: MetricType;
  value: bigint;
  /** A histogram's recorded values. */
  values: bigint[];
}

/** Counters and gauges by name; a histogram shows what was recorded. */
export type MetricsView = Record<string, number | number[]>;

export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  define(type: MetricType, name: string): Metric {
    const key = `${type}${name}`;
    let metric = this.#metrics.get(key);
    if (!metric) this.#metrics.set(key, (metric = { name, type, value: 0n, values: [] }));
    return metric;
  }

  count(name: string, by = 1): void {
    this.define(MetricType.Counter, name).value += BigInt(by);
  }

  set(name: string, value: number): void {
    this.define(MetricType.Gauge, name).value = BigInt(value);
  }

  view(): MetricsView {
    return Object.fromEntries(
      [...this.#metrics]
        .map(([key, metric]): [string, number | number[]] => [
          key.slice(1),
          metric.type === MetricType.Histogram ? metric.values.map(Number) : Number(metric.value),
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
}
