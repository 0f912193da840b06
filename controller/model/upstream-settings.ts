/**
 * What an upstream definition may ask for beyond the plain forwarding of a request: load balancing, health checks,
 * outlier detection, circuit breakers, HTTP/2 and TLS. All of it is Envoy's own work; this only names and bounds it.
 */
import { httpToken, type Reader } from "./reader.ts";
import { readDuration } from "./duration.ts";
import { readUpstreamTls, type UpstreamTls } from "./upstream-tls.ts";

export interface UpstreamSettings {
  loadBalancing: LoadBalancing | null;
  healthCheck: HealthCheck | null;
  outlierDetection: OutlierDetection | null;
  circuitBreakers: CircuitBreakers | null;
  protocol: "http1" | "http2" | null;
  tls: UpstreamTls | null;
}

const methods = ["round-robin", "least-request", "random", "ring-hash", "maglev"] as const;

export interface LoadBalancing {
  method: (typeof methods)[number];
  /** What ring-hash and maglev hash. */
  hashOn: { header: string } | { cookie: string; ttlMs: number | null } | "ip" | "uri" | null;
}

export interface HealthCheck {
  path: string;
  intervalMs: number;
  timeoutMs: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export interface OutlierDetection {
  consecutiveErrors: number;
  intervalMs: number;
  ejectionTimeMs: number;
  maxEjectionPercent: number;
}

export interface CircuitBreakers {
  maxConnections: number | null;
  maxPendingRequests: number | null;
  maxRequests: number | null;
  maxRetries: number | null;
}

export function readSettings(reader: Reader): UpstreamSettings {
  if (!reader.absent) reader.isObject();
  const settings: UpstreamSettings = {
    loadBalancing: optional(reader.at("loadBalancing"), readLoadBalancing),
    healthCheck: optional(reader.at("healthCheck"), readHealthCheck),
    outlierDetection: optional(reader.at("outlierDetection"), readOutlierDetection),
    circuitBreakers: optional(reader.at("circuitBreakers"), readCircuitBreakers),
    protocol: reader.at("protocol").oneOf(["http1", "http2"] as const),
    tls: optional(reader.at("tls"), readUpstreamTls),
  };
  reader.done();
  return settings;
}

function optional<T>(reader: Reader, read: (reader: Reader) => T): T | null {
  if (reader.absent || !reader.isObject()) return null;
  const value = read(reader);
  reader.done();
  return value;
}

function readLoadBalancing(reader: Reader): LoadBalancing {
  const method = reader.at("method").required().oneOf(methods) ?? "round-robin";
  const on = reader.at("hashOn");
  const hashes = method === "ring-hash" || method === "maglev";
  if (hashes === on.absent)
    on.fail(hashes ? `is required with ${method}` : `has no effect with ${method}`);
  const simple = typeof on.raw() === "string" ? on.oneOf(["ip", "uri"] as const) : null;
  const [header, cookie] = simple
    ? [null, null]
    : [on.at("header").text(httpToken), on.at("cookie").text(httpToken)];
  const ttlMs = simple ? null : readDuration(on.at("ttl"));
  if (!on.absent && !simple && (header === null) === (cookie === null))
    on.fail("must be ip, uri, {header: name} or {cookie: name}");
  return {
    method,
    hashOn: simple ?? (header !== null ? { header } : cookie !== null ? { cookie, ttlMs } : null),
  };
}

const readHealthCheck = (reader: Reader): HealthCheck => ({
  path:
    reader
      .at("path")
      .required()
      .text({
        pattern: /^\/[\x21-\x7e]*$/,
        says: "must start with / and be of visible characters",
      }) ?? "/",
  intervalMs: readDuration(reader.at("interval"), { positive: true }) ?? 10_000,
  timeoutMs: readDuration(reader.at("timeout"), { positive: true }) ?? 2_000,
  healthyThreshold: reader.at("healthyThreshold").integer(1, 100) ?? 2,
  unhealthyThreshold: reader.at("unhealthyThreshold").integer(1, 100) ?? 3,
});

const readOutlierDetection = (reader: Reader): OutlierDetection => ({
  consecutiveErrors: reader.at("consecutiveErrors").integer(1, 1_000) ?? 5,
  intervalMs: readDuration(reader.at("interval"), { positive: true }) ?? 10_000,
  ejectionTimeMs: readDuration(reader.at("ejectionTime"), { positive: true }) ?? 30_000,
  maxEjectionPercent: reader.at("maxEjectionPercent").integer(0, 100) ?? 50,
});

const readCircuitBreakers = (reader: Reader): CircuitBreakers => ({
  maxConnections: reader.at("maxConnections").integer(1, 1_000_000),
  maxPendingRequests: reader.at("maxPendingRequests").integer(1, 1_000_000),
  maxRequests: reader.at("maxRequests").integer(1, 1_000_000),
  maxRetries: reader.at("maxRetries").integer(0, 1_000_000),
});
