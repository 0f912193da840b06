/** The places that requests and callouts go to. */
import { isIP } from "node:net";
import { any, type JsonObject } from "../protos.ts";
import { fromAds } from "./from-ads.ts";
import { upstreamTls } from "./upstream-tls.ts";
import type { LoadBalancing, UpstreamSettings } from "../../model/upstream-settings.ts";
import type { UpstreamTls } from "../../model/upstream-tls.ts";

export interface Endpoint {
  host: string;
  port: number;
  weight?: number;
}

export interface ClusterOptions {
  name: string;
  endpoints: Endpoint[];
  connectTimeoutMs?: number;
  tls?: boolean;
  /** How its certificate is trusted, where there are no settings to say so. */
  trust?: UpstreamTls | null;
  settings?: UpstreamSettings;
  /** The endpoints come by themselves, as a resource with the cluster's name. */
  apart?: boolean;
}

export const cluster = (options: ClusterOptions): JsonObject => {
  const { name, endpoints, connectTimeoutMs = 5_000, tls, trust = null, settings, apart } = options;
  return {
    name,
    ...(apart ? { type: "EDS", eds_cluster_config: { eds_config: fromAds } } : inline(options)),
    connect_timeout: seconds(connectTimeoutMs),
    per_connection_buffer_limit_bytes: 32_768,
    ...(tls && { transport_socket: upstreamTls(endpoints[0]!.host, settings?.tls ?? trust) }),
    ...(settings?.protocol === "http2" && { typed_extension_protocol_options: http2Only }),
    ...(settings?.loadBalancing && loadBalancing(settings.loadBalancing)),
    ...(settings?.healthCheck && healthChecks(settings.healthCheck)),
    ...(settings?.outlierDetection && outlierDetection(settings.outlierDetection)),
    circuit_breakers: { thresholds: [circuitBreakers(settings?.circuitBreakers ?? null)] },
  };
};

const inline = ({ name, endpoints }: ClusterOptions): JsonObject => ({
  type: endpoints.every(({ host }) => isIP(host)) ? "STATIC" : "STRICT_DNS",
  dns_lookup_family: "V4_PREFERRED",
  load_assignment: loadAssignment(name, endpoints),
});

export const loadAssignment = (name: string, endpoints: Endpoint[]): JsonObject => ({
  cluster_name: name,
  endpoints: [
    {
      lb_endpoints: endpoints.map(({ host, port, weight }) => ({
        endpoint: {
          address: { socket_address: { address: host, port_value: port } },
          hostname: host,
        },
        ...(weight === undefined ? {} : { load_balancing_weight: weight }),
      })),
    },
  ],
});

/** HTTP/2 to a cluster whatever it would negotiate, with options of Envoy's. */
export const http2 = (options: JsonObject = {}): JsonObject => ({
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": any(
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    { explicit_http_config: { http2_protocol_options: options } },
  ),
});

export const http2Only = http2();

const lbPolicies: Record<LoadBalancing["method"], string> = {
  "round-robin": "ROUND_ROBIN",
  "least-request": "LEAST_REQUEST",
  random: "RANDOM",
  "ring-hash": "RING_HASH",
  maglev: "MAGLEV",
};

const loadBalancing = ({ method }: LoadBalancing): JsonObject => ({
  lb_policy: lbPolicies[method],
});

const healthChecks = (check: NonNullable<UpstreamSettings["healthCheck"]>): JsonObject => ({
  // Else Envoy asks all of them as soon as half are not well, and so the only one always.
  common_lb_config: { healthy_panic_threshold: { value: 0 } },
  health_checks: [
    {
      timeout: seconds(check.timeoutMs),
      interval: seconds(check.intervalMs),
      // Envoy would ask a service without traffic once a minute only.
      no_traffic_interval: seconds(check.intervalMs),
      healthy_threshold: check.healthyThreshold,
      unhealthy_threshold: check.unhealthyThreshold,
      http_health_check: { path: check.path },
    },
  ],
});

const outlierDetection = (
  detection: NonNullable<UpstreamSettings["outlierDetection"]>,
): JsonObject => ({
  outlier_detection: {
    consecutive_5xx: detection.consecutiveErrors,
    consecutive_gateway_failure: detection.consecutiveErrors,
    interval: seconds(detection.intervalMs),
    base_ejection_time: seconds(detection.ejectionTimeMs),
    max_ejection_percent: detection.maxEjectionPercent,
  },
});

/** Unless a number is given, at most a fifth of the requests under way may be retries, so that they cannot pile up. */
const retryBudget: JsonObject = {
  retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 },
};

function circuitBreakers(breakers: UpstreamSettings["circuitBreakers"]): JsonObject {
  if (!breakers) return retryBudget;
  const { maxConnections, maxPendingRequests, maxRequests, maxRetries } = breakers;
  return {
    ...(maxConnections !== null && { max_connections: maxConnections }),
    ...(maxPendingRequests !== null && { max_pending_requests: maxPendingRequests }),
    ...(maxRequests !== null && { max_requests: maxRequests }),
    ...(maxRetries !== null ? { max_retries: maxRetries } : retryBudget),
  };
}

/** A protobuf duration. */
export const seconds = (ms: number): string => `${ms / 1000}s`;
