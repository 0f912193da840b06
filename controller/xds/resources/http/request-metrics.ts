/**
 * Counts and times requests by Envoy's own statistics logger: nothing runs for it in a policy, and answers of policies are
 * counted as those of upstreams are. The label `route` is the route's whole name; `observe/request-stats.ts` takes it apart.
 */
import { any, type JsonObject } from "../../protos.ts";

/** With more series of a kind than this on a listener, further ones are dropped until Envoy starts again. */
const maxSeries = 20_000;
const maxHistograms = 2_000;

const routeTag = { name: "route", value_format: "%ROUTE_NAME%" };
const statusTag = { name: "status", value_format: "%RESPONSE_CODE%" };

const statistics = (config: JsonObject): JsonObject => ({
  name: "request-metrics",
  typed_config: any("envoy.extensions.access_loggers.stats.v3.Config", {
    stats_scope: { prefix: "gateway", max_counters: maxSeries, max_histograms: maxHistograms },
    ...config,
  }),
});

const counter = (name: string, tags: JsonObject[]): JsonObject => ({
  stat: { name, tags },
  value_fixed: 1,
});

const tooMany: JsonObject = {
  status_code_filter: {
    comparison: { op: "EQ", value: { default_value: 429, runtime_key: "gateway.limited" } },
  },
};

export const requestMetrics: JsonObject[] = [
  statistics({
    counters: [counter("requests_total", [routeTag, statusTag])],
    histograms: [
      {
        stat: { name: "request_duration", tags: [routeTag] },
        unit: "Milliseconds",
        value_format: "%DURATION%",
      },
    ],
  }),
  {
    ...statistics({ counters: [counter("rate_limit_exceeded_total", [routeTag])] }),
    filter: tooMany,
  },
];
