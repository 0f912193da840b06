/** What the process takes, under Prometheus' usual names. */
import type { Metric } from "../metrics.ts";

export function processMetrics(): Metric[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const gauge = (name: string, help: string, value: number): Metric => ({
    ...{ name, help, type: "gauge", value },
  });
  return [
    gauge("process_resident_memory_bytes", "Memory of the process", rss),
    gauge("nodejs_heap_size_used_bytes", "Memory of its objects", heapUsed),
    {
      ...gauge("process_cpu_seconds_total", "CPU time of the process", (user + system) / 1e6),
      type: "counter",
    },
    gauge(
      "process_start_time_seconds",
      "When it started, since 1970",
      Math.round(Date.now() / 1_000 - process.uptime()),
    ),
  ];
}
