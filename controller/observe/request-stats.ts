/**
 * Envoy's statistics as Prometheus text, with the metrics of requests under their own names: `gateway_requests_total` and
 * others by API, route, method and status. A route's name ends with a hash of its chain; what differs in that only is one
 * series.
 */
import { policyLine } from "./policy-stats.ts";

const prefix = "envoy_gateway_";

interface Renamed {
  name: string;
  help: string;
  type: "counter" | "histogram";
  /** What values and bucket limits are multiplied with. */
  scale: number;
}

const renamed: Record<string, Renamed> = {
  requests_total: {
    name: "gateway_requests_total",
    help: "Requests answered",
    type: "counter",
    scale: 1,
  },
  rate_limit_exceeded_total: {
    name: "gateway_rate_limit_exceeded_total",
    help: "Requests refused with 429",
    type: "counter",
    scale: 1,
  },
  request_duration: {
    name: "gateway_request_duration_seconds",
    help: "From the first byte of a request to the last of its answer",
    type: "histogram",
    scale: 0.001,
  },
};

export function requestStats(prometheus: string): string {
  const others: string[] = [];
  const series = new Map<string, Map<string, number>>();
  let active = 0;
  for (const line of prometheus.split("\n")) {
    const connections =
      /^envoy_http_downstream_cx_active\{envoy_http_conn_manager_prefix="https?"\} (\d+)/.exec(
        line,
      );
    if (connections) active += Number(connections[1]);
    if (!line.startsWith(prefix)) {
      if (!line.startsWith(`# TYPE ${prefix}`)) others.push(withTags(line));
      continue;
    }
    const [, stat = "", labels = "", value = ""] =
      /^envoy_gateway_(\w+?)\{(.*)\} (\S+)$/.exec(line) ?? [];
    const [base, suffix] = split(stat);
    const row = renamed[base];
    if (!row) continue;
    const key = `${row.name}${suffix}{${relabelled(labels, row)}}`;
    const amount = Number(value) * (suffix === "_sum" ? row.scale : 1);
    const all = series.get(base) ?? new Map<string, number>();
    all.set(key, (all.get(key) ?? 0) + amount);
    series.set(base, all);
  }
  const own = [...series].flatMap(([base, values]) => {
    const { name, help, type } = renamed[base]!;
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...[...values].map(([key, value]) => `${key} ${value}`),
    ];
  });
  const connections = [
    "# HELP gateway_active_connections Connections of clients now",
    "# TYPE gateway_active_connections gauge",
    `gateway_active_connections ${active}`,
  ];
  return [...own, ...connections, ...others].join("\n");
}

/** A policy's tags come as one label, `sluice_tags="kind=any,zone=b"`. */
const withTags = (line: string): string =>
  policyLine(line).replace(/sluice_tags="((?:[^"\\]|\\.)*)"/, (_, tags: string) =>
    tags
      .split(",")
      .map((tag) =>
        tag.replace(
          /^([^=]*)=?(.*)$/,
          (__, name: string, value: string) => `${name.replace(/\W/g, "_")}="${value}"`,
        ),
      )
      .join(","),
  );

function split(stat: string): [base: string, suffix: string] {
  const [, base = stat, suffix = ""] = /^(request_duration)(_bucket|_sum|_count)$/.exec(stat) ?? [];
  return [base, suffix];
}

/** `route="api/GET /path@hash"` as three labels. */
const relabelled = (labels: string, { scale }: Renamed): string =>
  [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    .flatMap(([, name = "", value = ""]) => {
      if (name === "le" && value !== "+Inf") return [`le="${Number(value) * scale}"`];
      if (!/(^|_)route$/.test(name)) return [`${name.replace(/^envoy_/, "")}="${value}"`];
      const [, api = "", method = "", route = ""] =
        /^([^/]*)\/([A-Z]+) (.*?)@[0-9a-f]*$/.exec(value) ?? [];
      return [`api="${api}"`, `method="${method}"`, `route="${route}"`];
    })
    .join(",");
