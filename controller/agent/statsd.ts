/** Envoy's own sink for StatsD, over UDP. */
import { any, type JsonObject } from "../xds/protos.ts";

export interface StatsdOptions {
  /** An IP address. */
  host: string;
  port: number;
  /** `dogstatsd` has tags; without them they are in the names. */
  format: "statsd" | "dogstatsd";
  prefix: string;
}

export const statsdSink = ({ host, port, format, prefix }: StatsdOptions): JsonObject => ({
  name: `envoy.stat_sinks.${format === "statsd" ? "statsd" : "dog_statsd"}`,
  typed_config: any(`envoy.config.metrics.v3.${format === "statsd" ? "Statsd" : "DogStatsd"}Sink`, {
    address: { socket_address: { protocol: "UDP", address: host, port_value: port } },
    prefix,
  }),
});
