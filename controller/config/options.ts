/** What a configuration means for a gateway. */
import type { GatewayOptions, GatewayPolicy, Ports } from "../options.ts";
import { accessOf, readPem, withKeyIssuer } from "./access/options.ts";
import { cipherSuites } from "./cipher-suites.ts";
import { milliseconds } from "./field.ts";
import { observeOf } from "./observe/options.ts";
import type { Config } from "./schema/index.ts";
import { withKeyManager } from "./short-form/key-managers.ts";

export function gatewayOptions(config: Config): GatewayOptions {
  const { controller, router, policy_engine: engine, immutable_gateway: immutable } = config;
  return {
    store: storeOf(controller.storage),
    ports: portsOf(config),
    host: controller.server.host,
    ...peopleOf(controller.auth),
    auditKeep: config.audit.keep,
    trafficHost: router.gateway_host === "*" ? "0.0.0.0" : router.gateway_host,
    ...(config.gitops.folder && {
      gitops: { folder: config.gitops.folder, intervalMs: milliseconds(config.gitops.interval) },
    }),
    immutable: immutable?.enabled ?? false,
    ...(immutable?.enabled && immutable.artifacts_dir && { documents: immutable.artifacts_dir }),
    policyConfigurations: withKeyIssuer(config, withKeyManager(config)),
    shortForm: config,
    ...(config.server.admin_token && { adminToken: config.server.admin_token }),
    gatewayPolicies: [...bodyLimit(router), ...ownPolicies(router)],
    traffic: {
      hosts: { main: hostsOf(router.vhosts.main), sandbox: hostsOf(router.vhosts.sandbox) },
      timeoutMs: router.upstream.timeouts.route_timeout_ms,
      idleTimeoutMs: router.upstream.timeouts.route_idle_timeout_ms,
      connectTimeoutMs: router.upstream.timeouts.connect_timeout_ms,
      refTargets: router.upstream.ref_targets,
      bodyLimitBytes: Math.min(
        router.max_request_body_bytes,
        router.request_body_limit_bytes || Infinity,
      ),
    },
    limits: limitsOf(router.http_listener),
    ...observeOf(config),
    compression: router.compression,
    ...tlsOf(router.downstream_tls),
    ...accessOf(config),
    deniedNetworks: router.upstream.denied_networks,
    environment: controller.environment,
    configDump: controller.admin_server.config_dump.enabled,
    allowedIps: {
      management: controller.server.allowed_ips,
      admin: controller.admin_server.allowed_ips,
      metrics: controller.metrics.allowed_ips,
      engine: engine.admin.allowed_ips,
    },
    ...(router.concurrency > 0 && { concurrency: router.concurrency }),
    overload: {
      maxConnections: router.max_connections,
      ...(router.max_heap_mb > 0 && { maxHeapBytes: router.max_heap_mb * 1_048_576 }),
    },
  };
}

const ownPolicies = ({ policies }: Config["router"]): GatewayPolicy[] =>
  policies.map(({ executionCondition, ...policy }, i) => ({
    ...policy,
    executionCondition: executionCondition || null,
    field: `router.policies[${i}]`,
  }));

/** A policy counts, as Envoy has no limit of its own that does not hold the body. */
const bodyLimit = ({ request_body_limit_bytes: maxBytes }: Config["router"]): GatewayPolicy[] =>
  maxBytes === 0
    ? []
    : [
        {
          ...{ name: "request-size-limit", version: "v1", params: { maxBytes } },
          field: "router.request_body_limit_bytes",
          ...{ executionCondition: null, mandatory: true },
        },
      ];

function storeOf(storage: Config["controller"]["storage"]): string {
  if (storage.connection) return storage.connection;
  if (storage.type === "sqlite") return storage.sqlite.path;
  const { dsn, host, port, database, user, password, sslmode } = storage.postgres;
  if (dsn) return dsn;
  const [who, secret] = [user, password].map(encodeURIComponent);
  return `postgres://${who}${secret ? `:${secret}` : ""}@${host}:${port}/${encodeURIComponent(database)}?sslmode=${sslmode}`;
}

function portsOf({ controller, router, policy_engine: engine }: Config): Partial<Ports> {
  const { server, admin_server: admin, metrics } = controller;
  return {
    management: server.api_port,
    xds: server.xds_port,
    admin: admin.enabled ? admin.port : null,
    adminPublished: admin.enabled ? admin.published_port : null,
    metrics: metrics.enabled ? metrics.port : null,
    engineAdmin: engine.admin.enabled ? engine.admin.port : null,
    engineMetrics: metrics.enabled ? engine.metrics.port : null,
    http: router.http_enabled ? router.listener_port : null,
    https: router.https_enabled ? router.https_port : null,
    envoyAdmin: router.envoy_admin_port,
  };
}

function peopleOf({
  basic,
  idp,
}: Config["controller"]["auth"]): Pick<GatewayOptions, "users" | "passwords" | "identityProvider"> {
  const users = basic.users.map(({ username, password, password_hash: hash, roles }) => ({
    ...{ username, roles },
    password: hash || password,
  }));
  return {
    ...(basic.enabled ? { users } : { passwords: false }),
    ...(idp.enabled && {
      identityProvider: {
        issuer: idp.issuer,
        jwksUrl: idp.jwks_url,
        audience: idp.audience,
        rolesClaim: idp.roles_claim,
        roleMapping: idp.role_mapping,
      },
    }),
  };
}

const hostsOf = ({ default: first, domains }: { default: string; domains: string[] }): string[] =>
  domains.length > 0 ? domains : [first];

const limitsOf = (listener: Config["router"]["http_listener"]): GatewayOptions["limits"] => ({
  headersTimeoutMs: milliseconds(listener.timeouts.request_headers),
  requestTimeoutMs: milliseconds(listener.timeouts.request),
  streamIdleTimeoutMs: milliseconds(listener.timeouts.stream_idle),
  idleTimeoutMs: milliseconds(listener.timeouts.idle),
  maxHeaders: listener.max_headers,
  maxHeadersKb: listener.max_header_size_kb,
  connectionBufferBytes: listener.per_connection_buffer_limit_bytes,
  escapedSlashes: listener.path_with_escaped_slashes_action,
  underscores: listener.headers_with_underscores,
  oddLineEnds: listener.odd_line_ends,
  trustedProxies: listener.trusted_proxies,
  maxPasses: listener.max_passes,
  serverName: listener.server_header_value,
  serverHeader: listener.server_header_transformation,
});

type Tls = Config["router"]["downstream_tls"];

function tlsOf(tls: Tls): Pick<GatewayOptions, "tls" | "tlsVersions"> {
  const certificate = tls.cert_path && {
    tls: {
      certificate: readPem(tls.cert_path),
      key: readPem(tls.key_path),
      ...(tls.client_ca_path && { clientAuthority: readPem(tls.client_ca_path) }),
      clientCertificates: tls.client_certificates,
    },
  };
  return {
    ...(certificate || {}),
    tlsVersions: {
      minimum: envoyVersion(tls.minimum_protocol_version),
      maximum: envoyVersion(tls.maximum_protocol_version),
      cipherSuites: tls.cipher_suites.map((suite) => cipherSuites[suite]!),
    },
  };
}

const envoyVersion = (version: Tls["minimum_protocol_version"]): "TLSv1_2" | "TLSv1_3" =>
  version === "TLS1_2" ? "TLSv1_2" : "TLSv1_3";
