/**
 * What an Envoy needs to start: who it is, where its controllers are, and how much it may take.
 * Everything else comes over xDS.
 */
import { isIP } from "node:net";
import { http2Only } from "../xds/resources/cluster.ts";
import { fromAds } from "../xds/resources/from-ads.ts";
import { overloadManager, type OverloadLimits } from "./overload.ts";
import { statsdSink, type StatsdOptions } from "./statsd.ts";
import { any, type JsonObject } from "../xds/protos.ts";

export interface BootstrapOptions extends OverloadLimits {
  nodeId: string;
  cluster?: string;
  controllers: ({ host: string; port: number } | { socket: string })[];
  /** The Unix socket where the agent beside it answers. */
  agentSocket?: string;
  /** Admin port on 127.0.0.1; 0 takes any free one. */
  adminPort?: number;
  /** TLS to the controllers. */
  tls?: ControllerTls;
  /** By which controllers know it where they ask for no certificate. */
  token?: string;
  statsd?: StatsdOptions;
}

/** Files are on the Envoy's machine. */
export interface ControllerTls {
  authorityFile: string;
  /** What the Envoy shows, if it is asked for a certificate. */
  certificateFile?: string;
  keyFile?: string;
  /** The name that the controllers' certificate must carry. */
  serverName: string;
}

/** Envoy's own defaults reconnect 6 to 9 s after an outage; these 0.4 to 0.7 s. */
const reconnect = { base_interval: "0.1s", max_interval: "1s" };

export const bootstrap = (options: BootstrapOptions): JsonObject => ({
  node: { id: options.nodeId, cluster: options.cluster ?? "sluice" },
  admin: {
    address: { socket_address: { address: "127.0.0.1", port_value: options.adminPort ?? 0 } },
  },
  dynamic_resources: {
    ads_config: {
      api_type: "DELTA_GRPC",
      transport_api_version: "V3",
      set_node_on_first_message_only: true,
      grpc_services: [
        {
          envoy_grpc: {
            cluster_name: "controllers",
            retry_policy: { retry_back_off: reconnect },
          },
          ...(options.token !== undefined && {
            initial_metadata: [{ key: "authorization", value: `Bearer ${options.token}` }],
          }),
        },
      ],
    },
    lds_config: { ...fromAds, initial_fetch_timeout: "2s" },
    cds_config: { ...fromAds, initial_fetch_timeout: "2s" },
  },
  overload_manager: overloadManager(options),
  ...(options.statsd && { stats_sinks: [statsdSink(options.statsd)] }),
  stats_config: { stats_tags: [policyTags] },
  static_resources: {
    clusters: [controllers(options), ...(options.agentSocket ? [agent(options.agentSocket)] : [])],
  },
});

/**
 * A policy's metric has its tags in its name, as proxy-wasm knows nothing else: `wasmcustom.sluice.<name>.<tag>=<value>,…`.
 * All of them become one tag; the gateway's metrics port makes labels of it.
 */
const policyTags: JsonObject = {
  tag_name: "sluice_tags",
  regex: "^wasmcustom\\.sluice\\.[^.]+(\\.(.+))$",
};

/** By this name policies ask the agent. */
const agent = (socket: string): JsonObject => ({
  name: "sluice.agent",
  type: "STATIC",
  connect_timeout: "1s",
  load_assignment: {
    cluster_name: "sluice.agent",
    endpoints: [{ lb_endpoints: [{ endpoint: { address: pipe(socket) } }] }],
  },
});

const pipe = (path: string): JsonObject => ({ pipe: { path } });

const controllers = ({ controllers: addresses, tls }: BootstrapOptions): JsonObject => ({
  name: "controllers",
  type: addresses.every((one) => "socket" in one || isIP(one.host)) ? "STATIC" : "STRICT_DNS",
  // By itself Envoy asks for IPv6 alone where a name has both, and a controller may listen on the other.
  dns_lookup_family: "ALL",
  connect_timeout: "1s",
  typed_extension_protocol_options: http2Only,
  ...(tls && { transport_socket: controllerTls(tls) }),
  load_assignment: {
    cluster_name: "controllers",
    endpoints: [
      {
        lb_endpoints: addresses.map((one) => ({
          endpoint: {
            address:
              "socket" in one
                ? pipe(one.socket)
                : { socket_address: { address: one.host, port_value: one.port } },
          },
        })),
      },
    ],
  },
});

const controllerTls = (tls: ControllerTls): JsonObject => ({
  name: "tls",
  typed_config: any("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    ...(!isIP(tls.serverName) && { sni: tls.serverName }),
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      ...(tls.certificateFile !== undefined && {
        tls_certificates: [
          {
            certificate_chain: { filename: tls.certificateFile },
            private_key: { filename: tls.keyFile! },
          },
        ],
      }),
      validation_context: {
        trusted_ca: { filename: tls.authorityFile },
        match_typed_subject_alt_names: [
          {
            san_type: isIP(tls.serverName) ? "IP_ADDRESS" : "DNS",
            matcher: { exact: tls.serverName },
          },
        ],
      },
    },
  }),
});
