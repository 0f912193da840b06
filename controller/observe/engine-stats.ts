/**
 * Numbers of the whole data plane under the names that users of this kind of gateway know, `policy_engine_…`: sums of what
 * Envoy and the policies count, read off the text that the metrics port shows.
 */
import { labelText } from "../metrics.ts";

interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

interface Row {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  /** Whether a sample counts, and as what: labels and, for a histogram, the end of its name. */
  as(sample: Sample): { suffix?: string; labels?: Record<string, string> } | null;
}

const one = {};
const named = (pattern: RegExp) => (sample: Sample) => (pattern.test(sample.name) ? one : null);

const rows: readonly Row[] = [
  {
    ...{ name: "requests_total", type: "counter", help: "Requests answered" },
    as: named(/^gateway_requests_total$/),
  },
  {
    ...{
      name: "request_errors_total",
      type: "counter",
      help: "Requests answered with 500 or above",
    },
    as: ({ name, labels }) =>
      name === "gateway_requests_total" && /^(5|0$)/.test(labels["status"] ?? "") ? one : null,
  },
  {
    ...{ name: "request_duration_seconds", type: "histogram", help: "How long requests took" },
    as: ({ name, labels }) => {
      const [, suffix] = /^gateway_request_duration_seconds(_\w+)$/.exec(name) ?? [];
      const { le } = labels;
      return suffix === undefined ? null : { suffix, ...(le !== undefined && { labels: { le } }) };
    },
  },
  {
    ...{ name: "active_streams", type: "gauge", help: "Requests under way" },
    as: ({ name, labels }) =>
      name === "envoy_http_downstream_rq_active" &&
      /^https?$/.test(labels["envoy_http_conn_manager_prefix"] ?? "")
        ? one
        : null,
  },
  {
    ...{ name: "stream_errors_total", type: "counter", help: "Requests that were broken off" },
    as: named(/^envoy_http_downstream_rq_[rt]x_reset$/),
  },
  {
    ...{ name: "route_lookup_failures_total", type: "counter", help: "Requests without a route" },
    as: named(/^envoy_http_no_route$/),
  },
  {
    ...{
      name: "panic_recoveries_total",
      type: "counter",
      help: "Faults of policies, one request each",
    },
    as: named(/^policy_engine_policy_errors_total$/),
  },
  {
    ...{
      name: "xds_updates_total",
      type: "counter",
      help: "What controllers sent, taken or refused",
    },
    as: ({ name }) => {
      // A cluster's own updates are those of its addresses.
      const [, end] = /^envoy_(?!cluster_update)\w+_update_(success|rejected)$/.exec(name) ?? [];
      return end === undefined
        ? null
        : { labels: { status: end === "success" ? "success" : "failure" } };
    },
  },
  {
    ...{ name: "xds_connection_state", type: "gauge", help: "1 while a controller is connected" },
    as: named(/^envoy_control_plane_connected_state$/),
  },
  {
    ...{ name: "snapshot_size", type: "gauge", help: "Resources that Envoy has" },
    as: ({ name }) => {
      const kind = snapshotKinds[name];
      return kind === undefined ? null : { labels: { resource_type: kind } };
    },
  },
  {
    ...{ name: "memory_bytes", type: "gauge", help: "Memory that Envoy has in use" },
    as: named(/^envoy_server_memory_allocated$/),
  },
  {
    ...{ name: "up", type: "gauge", help: "1 while Envoy runs" },
    as: named(/^envoy_server_live$/),
  },
];

const snapshotKinds: Readonly<Record<string, string>> = {
  envoy_cluster_manager_active_clusters: "cluster",
  envoy_listener_manager_total_listeners_active: "listener",
};

export function engineStats(prometheus: string): string {
  const sums = rows.map(() => new Map<string, number>());
  for (const line of prometheus.split("\n")) {
    const sample = line.startsWith("#") ? null : sampleOf(line);
    if (!sample) continue;
    for (const [i, { name, as }] of rows.entries()) {
      const found = as(sample);
      if (!found) continue;
      const labels = found.labels ? `{${labelText(found.labels)}}` : "";
      const key = `policy_engine_${name}${found.suffix ?? ""}${labels}`;
      sums[i]!.set(key, (sums[i]!.get(key) ?? 0) + sample.value);
    }
  }
  return rows.map((row, i) => written(row, sums[i]!)).join("");
}

function sampleOf(line: string): Sample | null {
  const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) return null;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [
    key,
    text,
  ]);
  return {
    name,
    labels: Object.fromEntries(pairs) as Record<string, string>,
    value: Number(value),
  };
}

/** A counter that nothing counted yet is 0; a gauge that nothing says is absent. */
function written({ name, help, type }: Row, sums: ReadonlyMap<string, number>): string {
  const full = `policy_engine_${name}`;
  const lines = [...sums].map(([key, value]) => `${key} ${value}`);
  if (lines.length === 0 && type === "counter") lines.push(`${full} 0`);
  if (lines.length === 0) return "";
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("\n")}\n`;
}
