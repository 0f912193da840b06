/** `router.*` and `policy_engine.*`: the data plane. */
import {
  anything,
  choice,
  duration,
  entry,
  flag,
  ignored,
  integer,
  list,
  name,
  port,
  section,
  text,
} from "../field.ts";
import { metadataNetworks } from "../../translate/own-ports.ts";
import { accessLogs, statsd } from "../observe/schema.ts";

const bytes = [0, 1_073_741_824] as const;
const elsewhere = ignored("the engine runs inside Envoy");

const vhost = (fallback: string) =>
  section("Hosts that an API answers for unless it says which.", {
    default: text(fallback, "The first."),
    domains: list(text("", ""), [], "All of them; the default alone when empty."),
  });

const tlsVersion = (fallback: "TLS1_2" | "TLS1_3") =>
  choice(fallback, ["TLS1_2", "TLS1_3"], "The version of TLS.");

export const router = section("Envoy.", {
  gateway_host: text("*", "Where traffic is taken: `*` is every address."),
  listener_port: port(8080, "HTTP."),
  http_enabled: flag(true, "Whether HTTP without TLS is taken."),
  https_enabled: flag(true, "Whether HTTPS is taken."),
  https_port: port(8443, "HTTPS."),
  vhosts: section("Default hosts.", { main: vhost("*"), sandbox: vhost("sandbox-*") }),
  http_listener: section("What a connection may do. Stricter than elsewhere by default.", {
    server_header_transformation: choice(
      "OVERWRITE",
      ["OVERWRITE", "APPEND_IF_ABSENT", "PASS_THROUGH"],
      "What happens to the upstream's `server`.",
    ),
    server_header_value: text("sluice", "The value of `server`."),
    per_connection_buffer_limit_bytes: integer(32_768, bytes, "Of a connection."),
    path_with_escaped_slashes_action: choice(
      "REJECT_REQUEST",
      ["REJECT_REQUEST", "KEEP_UNCHANGED", "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD"],
      "What `%2F` in a path does.",
    ),
    headers_with_underscores: choice(
      "REJECT_REQUEST",
      ["REJECT_REQUEST", "ALLOW", "DROP_HEADER"],
      "What a header name with `_` does.",
    ),
    odd_line_ends: choice(
      "REJECT_REQUEST",
      ["REJECT_REQUEST", "ALLOW"],
      "What LF or CR alone and folded headers do in HTTP/1.",
    ),
    normalize_path: ignored("paths are always normalised"),
    merge_slashes: ignored("slashes are always merged"),
    trusted_proxies: integer(0, [0, 16], "How many proxies in front write `x-forwarded-for`."),
    max_passes: integer(
      5,
      [0, 5],
      "How often one request may come through gateways, counted in its `CDN-Loop` (RFC 8586), until it is answered 508. 0 does not count.",
    ),
    max_header_size_kb: integer(60, [1, 8_192], "All headers of a request."),
    max_headers: integer(100, [10, 10_000], "How many headers a request may have."),
    timeouts: section("`0s` is none.", {
      request: duration("5m", "The whole request, to its last byte."),
      request_headers: duration("10s", "Its headers."),
      stream_idle: duration("5m", "Nothing in either direction."),
      idle: duration("1h", "A connection without a request."),
    }),
  }),
  upstream: section("Toward services.", {
    timeouts: section("In milliseconds, unless an API says other.", {
      route_timeout_ms: integer(60_000, [0, 86_400_000], "The whole answer; 0 is none."),
      route_idle_timeout_ms: integer(300_000, [0, 86_400_000], "Nothing in either direction."),
      connect_timeout_ms: integer(5_000, [1, 600_000], "A connection."),
    }),
    ref_targets: choice(
      "all",
      ["all", "first"],
      "Which targets of a definition an upstream's `ref` means: all of them by their weights, or the first alone. Policies choose among all.",
    ),
    denied_networks: list(
      text("", ""),
      metadataNetworks,
      "Addresses and networks that no API may send requests to; those of clouds' metadata unless given. The gateway's own ports are always denied.",
    ),
    tls: ignored("TLS 1.2 and 1.3 with names verified, always; authorities are `certificates`"),
  }),
  downstream_tls: section(
    "The certificate of the HTTPS port; self-signed unless given. Its files are followed: a new one is shown without a restart.",
    {
      cert_path: text("", "PEM file."),
      key_path: text("", "PEM file."),
      client_ca_path: text(
        "",
        "The authority of clients' certificates, a PEM file; of others none is let in.",
      ),
      client_certificates: choice(
        "required",
        ["required", "optional"],
        "With client_ca_path, whether clients must have one. Where it is optional, mtls-auth says which routes ask for it.",
      ),
      minimum_protocol_version: tlsVersion("TLS1_2"),
      maximum_protocol_version: tlsVersion("TLS1_3"),
      cipher_suites: list(
        text("", ""),
        [],
        "For TLS 1.2, by their IANA names; Envoy's own when empty.",
      ),
    },
  ),
  policies: list(
    entry(["name", "version"], {
      name: name("The policy."),
      version: text("", "Its major version, such as `v1`."),
      params: anything("Its parameters."),
      executionCondition: text("", "CEL; always when empty."),
      mandatory: flag(
        true,
        "Whether every API has it; one that is not, an API or an operation can go without by its `withoutGatewayPolicies`.",
      ),
    }),
    [],
    "First in the chain of every API, in this order.",
  ),
  max_request_body_bytes: integer(10_485_760, bytes, "What is held of a body for policies."),
  request_body_limit_bytes: integer(
    0,
    [0, Number.MAX_SAFE_INTEGER],
    "How long a request's body may be, held or not; a longer one is answered 413. 0 is no limit. Puts the policy `request-size-limit` first into every chain.",
  ),
  policy_engine: elsewhere,
  compression: flag(false, "gzip for clients that take it."),
  envoy_admin_port: port(9901, "Envoy's own admin port, on this machine only."),
  concurrency: integer(0, [0, 1_024], "Envoy's worker threads; 0 is one for each core."),
  max_connections: integer(
    50_000,
    [1, 10_000_000],
    "Connections of clients at one time; further ones are closed at once.",
  ),
  max_heap_mb: integer(
    0,
    [0, 1_048_576],
    "The heap, in MiB, near which Envoy refuses requests with 503; 0 is four fifths of the memory of the machine or the container.",
  ),
  access_logs: accessLogs,
  statsd,
});

export const policyEngine = section("The engine inside Envoy.", {
  admin: section("Its admin port, on this machine.", {
    enabled: flag(true, "Whether it listens."),
    port: port(9002, "The port."),
    allowed_ips: list(text("", ""), ["127.0.0.1", "::1"], "Who may ask for more than health."),
    config_dump: ignored("`controller.admin_server.config_dump`"),
  }),
  metrics: section(
    "Envoy's and the policies' metrics; `controller.metrics.enabled` turns them on.",
    {
      port: port(9003, "The port."),
      enabled: ignored("`controller.metrics.enabled`"),
    },
  ),
  request_body: elsewhere,
  response_body: elsewhere,
  python_executor: ignored("policies are proxy-wasm modules"),
  logging: elsewhere,
  server: elsewhere,
  xds: elsewhere,
  file_config: elsewhere,
  config_mode: elsewhere,
});
