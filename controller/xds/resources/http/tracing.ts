/**
 * Spans by Envoy's own tracers. The one for OpenTelemetry knows W3C trace context only; the one for Zipkin takes B3 or W3C
 * and sends both on, and OpenTelemetry's collector takes what it exports.
 */
import { any, type JsonObject } from "../../protos.ts";
import { cluster, http2Only } from "../cluster.ts";

export interface TracingOptions {
  host: string;
  port: number;
  /** Which part of the requests, 0 to 1; what a client's context says counts before. */
  sampling: number;
  serviceName: string;
  /** OpenTelemetry's over gRPC or HTTP, or Zipkin's JSON. */
  protocol: "grpc" | "http" | "zipkin";
}

export const tracingCluster = "otel-collector";

export const tracingResource = ({ host, port, protocol }: TracingOptions): JsonObject => ({
  ...cluster({ name: tracingCluster, endpoints: [{ host, port }] }),
  ...(protocol === "grpc" && { typed_extension_protocol_options: http2Only }),
});

export const tracing = (options: TracingOptions): JsonObject => ({
  tracing: {
    random_sampling: { value: options.sampling * 100 },
    provider: options.protocol === "zipkin" ? zipkin(options) : openTelemetry(options),
  },
});

const openTelemetry = ({ serviceName, protocol, host, port }: TracingOptions): JsonObject => ({
  name: "opentelemetry",
  typed_config: any("envoy.config.trace.v3.OpenTelemetryConfig", {
    ...(protocol === "grpc"
      ? { grpc_service: { envoy_grpc: { cluster_name: tracingCluster }, timeout: "1s" } }
      : {
          http_service: {
            http_uri: {
              uri: `http://${host}:${port}/v1/traces`,
              cluster: tracingCluster,
              timeout: "1s",
            },
          },
        }),
    service_name: serviceName,
  }),
});

/** Its service name is the cluster that Envoy says it belongs to. */
const zipkin = ({ host, port }: TracingOptions): JsonObject => ({
  name: "zipkin",
  typed_config: any("envoy.config.trace.v3.ZipkinConfig", {
    collector_cluster: tracingCluster,
    collector_endpoint: "/api/v2/spans",
    collector_endpoint_version: "HTTP_JSON",
    collector_hostname: `${host}:${port}`,
    trace_id_128bit: true,
    trace_context_option: "USE_B3_WITH_W3C_PROPAGATION",
  }),
});
