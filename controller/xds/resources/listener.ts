/**
 * A port that Envoy listens on, and what happens to every request there before it is routed.
 *
 * The defaults are those of Envoy's guide for the edge, and stricter where a request could be read in two ways: such a
 * request is refused, never repaired.
 */
import { any, type JsonObject } from "../protos.ts";
import { accessLog, type AccessLogForm } from "./http/access-log.ts";
import { fromAds } from "./from-ads.ts";
import { localReplies, type ErrorForm } from "./http/local-replies.ts";
import { mostPasses } from "./http/loops.ts";
import { refusals } from "./http/refusals.ts";
import { requestEvents, type RequestEventOptions } from "./http/request-events.ts";
import { requestMetrics } from "./http/request-metrics.ts";
import { strictReader } from "./strict-reader.ts";
import { tracing, type TracingOptions } from "./http/tracing.ts";
import { seconds } from "./cluster.ts";

const http = "envoy.extensions.filters.http";

export interface ListenerOptions {
  name: string;
  host: string;
  /** 0 takes any free port; Envoy's admin tells which. */
  port: number;
  /** What stands before the router, in the order that requests pass it. */
  filters: (ModuleSlot | JsonObject)[];
  /** Where the connection manager finds its routes: `singleRoutes` or `scopedRoutes`. */
  routes: JsonObject;
  limits?: Partial<HttpLimits>;
  accessLog?: AccessLogForm;
  /** Whether the access log holds queries. */
  accessLogQuery?: boolean;
  events?: RequestEventOptions;
  /** Counts and times requests. */
  metrics?: boolean;
  tracing?: TracingOptions;
  errors?: ErrorForm;
  tls?: DownstreamTls;
}

/** The name of a filter that a module fills over ECDS. */
export type ModuleSlot = string;

export interface DownstreamTls {
  /** The secret that carries the certificate. */
  certificate: string;
  /** The secret that carries the authority of the clients' certificates: one of another authority is not let in. */
  clientAuthority?: string;
  /** Whether a client without a certificate is let in where there is an authority; not unless given. */
  clientCertificates?: ClientCertificates;
  versions?: TlsVersions;
}

export type ClientCertificates = "required" | "optional";

export interface TlsVersions {
  minimum: "TLSv1_2" | "TLSv1_3";
  maximum: "TLSv1_2" | "TLSv1_3";
  /** For TLS 1.2, by Envoy's names; Envoy's own choice when empty. */
  cipherSuites: readonly string[];
}

export interface HttpLimits {
  headersTimeoutMs: number;
  /** The whole request, up to its last byte; 0 is no limit. */
  requestTimeoutMs: number;
  streamIdleTimeoutMs: number;
  idleTimeoutMs: number;
  maxHeaders: number;
  maxHeadersKb: number;
  connectionBufferBytes: number;
  escapedSlashes:
    "REJECT_REQUEST" | "KEEP_UNCHANGED" | "UNESCAPE_AND_REDIRECT" | "UNESCAPE_AND_FORWARD";
  underscores: "REJECT_REQUEST" | "ALLOW" | "DROP_HEADER";
  oddLineEnds: "REJECT_REQUEST" | "ALLOW";
  trustedProxies: number;
  /** How often one request may come through; 0 does not count. */
  maxPasses: number;
  serverName: string;
  serverHeader: "OVERWRITE" | "APPEND_IF_ABSENT" | "PASS_THROUGH";
}

export const hardened: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  streamIdleTimeoutMs: 300_000,
  idleTimeoutMs: 3_600_000,
  maxHeaders: 100,
  maxHeadersKb: 60,
  connectionBufferBytes: 32_768,
  escapedSlashes: "REJECT_REQUEST",
  underscores: "REJECT_REQUEST",
  oddLineEnds: "REJECT_REQUEST",
  trustedProxies: 0,
  maxPasses: mostPasses,
  serverName: "sluice",
  serverHeader: "OVERWRITE",
};

export function listener(options: ListenerOptions): JsonObject {
  const limits = { ...hardened, ...options.limits };
  return {
    name: options.name,
    address: { socket_address: { address: options.host, port_value: options.port } },
    per_connection_buffer_limit_bytes: limits.connectionBufferBytes,
    ...(options.tls && { listener_filters: [tlsInspector] }),
    filter_chains: [
      {
        filters: [
          ...(limits.oddLineEnds === "ALLOW" ? [] : [strictReader()]),
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: connectionManager(options, limits),
          },
        ],
        ...(options.tls && { transport_socket: downstreamTls(options.tls) }),
      },
    ],
  };
}

function connectionManager(options: ListenerOptions, limits: HttpLimits): JsonObject {
  const form = options.accessLog ?? "off";
  const logs = [
    ...(form === "off" ? [] : [accessLog(form, options.accessLogQuery)]),
    ...(options.events ? [requestEvents(options.events)] : []),
    ...(options.metrics ? requestMetrics : []),
  ];
  return any("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: options.name,
    ...options.routes,
    use_remote_address: true,
    xff_num_trusted_hops: limits.trustedProxies,
    internal_address_config: nobodyIsInternal,
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: limits.escapedSlashes,
    server_name: limits.serverName,
    server_header_transformation: limits.serverHeader,
    max_request_headers_kb: limits.maxHeadersKb,
    request_headers_timeout: seconds(limits.headersTimeoutMs),
    request_timeout: seconds(limits.requestTimeoutMs),
    stream_idle_timeout: seconds(limits.streamIdleTimeoutMs),
    common_http_protocol_options: {
      idle_timeout: seconds(limits.idleTimeoutMs),
      headers_with_underscores_action: limits.underscores,
      max_headers_count: limits.maxHeaders,
    },
    http2_protocol_options: {
      max_concurrent_streams: 100,
      initial_stream_window_size: 65_536,
      initial_connection_window_size: 1_048_576,
    },
    upgrade_configs: [{ upgrade_type: "websocket" }],
    ...(logs.length > 0 && { access_log: logs }),
    ...(options.tracing && tracing(options.tracing)),
    ...localReplies(options.errors ?? "json"),
    http_filters: [
      refusals(limits.maxPasses),
      ...options.filters.map((filter) =>
        typeof filter === "string" ? moduleSlot(filter) : filter,
      ),
      { name: "router", typed_config: any(`${http}.router.v3.Router`) },
    ],
  });
}

/** An internal client could set timeouts and retries by `x-envoy-` headers; an empty list would mean the private ranges. */
const nobodyIsInternal: JsonObject = {
  cidr_ranges: [{ address_prefix: "255.255.255.255", prefix_len: 32 }],
};

const moduleSlot = (name: string): JsonObject => ({
  name,
  config_discovery: {
    config_source: fromAds,
    type_urls: [`type.googleapis.com/${http}.wasm.v3.Wasm`],
  },
});

const tlsInspector: JsonObject = {
  name: "tls-inspector",
  typed_config: any("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"),
};

const downstreamTls = ({
  certificate,
  clientAuthority,
  clientCertificates = "required",
  versions,
}: DownstreamTls): JsonObject => ({
  name: "tls",
  typed_config: any("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    common_tls_context: {
      tls_params: {
        tls_minimum_protocol_version: versions?.minimum ?? "TLSv1_2",
        ...(versions?.maximum === "TLSv1_2" && { tls_maximum_protocol_version: versions.maximum }),
        ...(versions?.cipherSuites.length && { cipher_suites: [...versions.cipherSuites] }),
      },
      alpn_protocols: ["h2", "http/1.1"],
      tls_certificate_sds_secret_configs: [{ name: certificate, sds_config: fromAds }],
      ...(clientAuthority !== undefined && {
        validation_context_sds_secret_config: { name: clientAuthority, sds_config: fromAds },
      }),
    },
    ...(clientAuthority !== undefined && {
      require_client_certificate: clientCertificates === "required",
    }),
  }),
});

/** One route configuration for the whole listener. */
export const singleRoutes = (name: string): JsonObject => ({
  rds: { route_config_name: name, config_source: fromAds },
});
