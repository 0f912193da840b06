/** Spans by Envoy's own tracer: W3C trace context in and out, OpenTelemetry's protocol over gRPC to a collector. */
import { any, type JsonObject } from "../protos.ts";
import { cluster, http2Only } from "./cluster.ts";

export interface TracingOptions {
  host: string;
  port: number;
  /** Which part of the requests, 0 to 1; what a client's context says counts before. */
  sampling: number;
  serviceName: string;
}

export const tracingCluster = "otel-collector";

export const tracingResource = ({ host, port }: TracingOptions): JsonObject => ({
  ...cluster({ name: tracingCluster, endpoints: [{ host, port }] }),
  typed_extension_protocol_options: http2Only,
});

export const tracing = ({ sampling, serviceName }: TracingOptions): JsonObject => ({
  tracing: {
    random_sampling: { value: sampling * 100 },
    provider: {
      name: "opentelemetry",
      typed_config: any("envoy.config.trace.v3.OpenTelemetryConfig", {
        grpc_service: { envoy_grpc: { cluster_name: tracingCluster }, timeout: "1s" },
        service_name: serviceName,
      }),
    },
  },
});
