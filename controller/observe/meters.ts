/**
 * What the controller counts and times while it works. Labels come from sets that the code knows (kinds, routes of its own
 * API, statuses), never from what a client sends, so their number is bounded.
 */
import { labelText } from "../metrics.ts";

interface Row {
  help: string;
  type: "counter" | "gauge" | "histogram";
}

const rows = {
  http_requests_total: { type: "counter", help: "Requests to the controller's HTTP ports" },
  http_request_duration_seconds: { type: "histogram", help: "How long they took" },
  concurrent_requests: { type: "gauge", help: "Requests that are worked on now" },
  api_operations_total: { type: "counter", help: "Operations of the management API" },
  api_operation_duration_seconds: { type: "histogram", help: "How long they took" },
  validation_errors_total: { type: "counter", help: "Documents that were refused" },
  translation_errors_total: { type: "counter", help: "Documents that became no resources" },
  deployment_latency_seconds: {
    type: "histogram",
    help: "From a revision's first push until every connected gateway serves it",
  },
  snapshot_generation_total: { type: "counter", help: "Times that resources were made" },
  snapshot_generation_duration_seconds: { type: "histogram", help: "How long that took" },
  xds_pushes_total: { type: "counter", help: "Resources sent to gateways" },
  xds_snapshot_ack_total: { type: "counter", help: "Answers of gateways to what was sent" },
  sds_updates_total: { type: "counter", help: "Certificates and trust sent to gateways" },
  database_operations_total: { type: "counter", help: "Statements" },
  database_operation_duration_seconds: { type: "histogram", help: "How long they took" },
} as const satisfies Record<string, Row>;

type Names<T extends Row["type"]> = {
  [K in keyof typeof rows]: (typeof rows)[K]["type"] extends T ? K : never;
}[keyof typeof rows];
type Labels = Readonly<Record<string, string>>;

const bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

interface Spread {
  buckets: number[];
  sum: number;
  count: number;
}

export class Meters {
  private readonly numbers = new Map<string, Map<string, number>>();
  private readonly spreads = new Map<string, Map<string, Spread>>();

  count(name: Names<"counter" | "gauge">, labels: Labels = {}, by = 1): void {
    const series = seriesOf(this.numbers, name);
    const key = labelText(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }

  time(name: Names<"histogram">, ms: number, labels: Labels = {}): void {
    const series = seriesOf(this.spreads, name);
    const key = labelText(labels);
    let spread = series.get(key);
    if (!spread) series.set(key, (spread = { buckets: bounds.map(() => 0), sum: 0, count: 0 }));
    const seconds = ms / 1_000;
    spread.sum += seconds;
    spread.count++;
    bounds.forEach((bound, i) => seconds <= bound && spread.buckets[i]!++);
  }

  /** In Prometheus' format; what never happened is told as 0. */
  text(prefix: string): string {
    return Object.entries<Row>(rows)
      .map(([name, { help, type }]) => {
        const full = prefix + name;
        const head = `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n`;
        return head + (type === "histogram" ? this.spreadLines : this.numberLines)(name, full);
      })
      .join("");
  }

  private readonly numberLines = (name: string, full: string): string =>
    [...(this.numbers.get(name) ?? [["", 0] as const])]
      .map(([labels, value]) => `${full}${braced(labels)} ${value}\n`)
      .join("");

  private readonly spreadLines = (name: string, full: string): string =>
    [...(this.spreads.get(name) ?? [["", none] as const])]
      .map(([labels, { buckets, sum, count }]) => {
        const bucket = (le: string, value: number) =>
          `${full}_bucket${braced(labels ? `${labels},le="${le}"` : `le="${le}"`)} ${value}\n`;
        return (
          buckets.map((value, i) => bucket(String(bounds[i]), value)).join("") +
          bucket("+Inf", count) +
          `${full}_sum${braced(labels)} ${sum}\n${full}_count${braced(labels)} ${count}\n`
        );
      })
      .join("");
}

const none: Spread = { buckets: bounds.map(() => 0), sum: 0, count: 0 };

function seriesOf<T>(all: Map<string, Map<string, T>>, name: string): Map<string, T> {
  let series = all.get(name);
  if (!series) all.set(name, (series = new Map()));
  return series;
}

const braced = (labels: string): string => (labels ? `{${labels}}` : "");
