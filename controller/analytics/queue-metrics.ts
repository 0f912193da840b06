/** What became of events, by where they go. The names are those of the contract's traffic log. */
import type { Metric } from "../metrics.ts";
import type { Outlets } from "./outlets.ts";
import type { QueueCounts } from "./queue.ts";

type Count = Exclude<keyof QueueCounts, "sink">;

const rows: { name: string; help: string; type: Metric["type"]; count: Count }[] = [
  { name: "written_total", help: "Events taken by a sink", type: "counter", count: "written" },
  {
    name: "dropped_total",
    help: "Events for which there was no room or no taker",
    type: "counter",
    count: "dropped",
  },
  {
    name: "write_errors_total",
    help: "Batches that a sink did not take, every try counted",
    type: "counter",
    count: "failures",
  },
  { name: "queue_depth", help: "Events that wait for a sink", type: "gauge", count: "depth" },
  { name: "queue_capacity", help: "Events that may wait", type: "gauge", count: "capacity" },
];

export const queueMetrics = (outlets: readonly Outlets[]): Metric[] =>
  rows.flatMap(({ name, help, type, count }) =>
    outlets.flatMap((one) =>
      one.counts().map((counts) => ({
        ...{ name: `policy_engine_traffic_log_${name}`, help, type, value: counts[count] },
        labels: { log: one.name, sink: counts.sink },
      })),
    ),
  );
