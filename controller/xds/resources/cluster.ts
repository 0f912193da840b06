/** The places that requests and callouts go to. */
import { isIP } from "node:net";
import { any, type JsonObject } from "../protos.ts";

export interface Endpoint {
  host: string;
  port: number;
  weight?: number;
}

export interface ClusterOptions {
  name: string;
  endpoints: Endpoint[];
  connectTimeoutMs?: number;
}

export const cluster = ({
  name,
  endpoints,
  connectTimeoutMs = 5_000,
}: ClusterOptions): JsonObject => ({
  name,
  type: endpoints.every(({ host }) => isIP(host)) ? "STATIC" : "STRICT_DNS",
  dns_lookup_family: "V4_PREFERRED",
  connect_timeout: `${connectTimeoutMs / 1000}s`,
  load_assignment: {
    cluster_name: name,
    endpoints: [
      {
        lb_endpoints: endpoints.map(({ host, port, weight }) => ({
          endpoint: { address: { socket_address: { address: host, port_value: port } } },
          ...(weight === undefined ? {} : { load_balancing_weight: weight }),
        })),
      },
    ],
  },
});

/** HTTP/2 to a cluster whatever it would negotiate. */
export const http2Only: JsonObject = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": any(
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    { explicit_http_config: { http2_protocol_options: {} } },
  ),
};
