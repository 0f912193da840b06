/** `traffic_logging`, `security_events`, `tracing`, the access log and StatsD: what is seen of requests. */
import {
  choice,
  duration,
  flag,
  ignored,
  integer,
  list,
  number,
  secret,
  section,
  table,
  text,
} from "../field.ts";

const one = text("", "");
const part = (description: string) => number(1, [0, 1], description);

const file = (path: string) =>
  section("A file that is rotated by its size: `<path>`, `<path>.1`, `<path>.2` …", {
    path: text(path, "The file."),
    max_size_mb: integer(100, [1, 102_400], "No file gets larger."),
    max_files: integer(5, [1, 1_000], "How many there are at most."),
  });

/** Where events go, beside one another. */
const outputs = (path: string) => ({
  outputs: list(
    choice("stdout", ["stdout", "file", "http", "syslog"], "A place."),
    ["stdout"],
    "Where events go.",
  ),
  queue_size: integer(
    10_000,
    [1, 1_000_000],
    "How many may wait for a place that is slow; further ones are dropped and counted.",
  ),
  file: file(path),
  http: section("Batches as JSON arrays, by POST.", {
    url: text("", "Where to."),
    authorization: secret("The value of the header `authorization`."),
    headers: table(secret("A value."), "Further headers."),
    batch_size: integer(100, [1, 100_000], "Most events of a batch."),
    max_batch_bytes: integer(1_048_576, [1_024, 67_108_864], "Most bytes of a batch."),
    flush_interval: duration("5s", "How long an event waits for others."),
    timeout: duration("5s", "How long an answer may take."),
    max_retries: integer(3, [0, 20], "How often a batch is sent again."),
  }),
  syslog: section("Messages of RFC 5424.", {
    address: text(
      "127.0.0.1",
      "host:port of the server; port 514, or 6514 with TLS, unless given.",
    ),
    protocol: choice("udp", ["udp", "tcp", "tls"], "How they get there."),
    ca_path: text(
      "",
      "PEM file of whom the server's certificate is from; Node's own list unless given.",
    ),
    cert_path: text("", "PEM file of the certificate that this side shows to the server."),
    key_path: text("", "PEM file of that certificate's key."),
    facility: integer(16, [0, 23], "16 is `local0`."),
    app_name: text("sluice", "Who says it."),
  }),
});

export const trafficLogging = section("One event for each request.", {
  enabled: flag(false, "Whether there are any."),
  sampling_rate: part("Which part of the requests."),
  ignore_path_prefixes: list(one, ["/_gateway-health"], "Paths without events."),
  request_headers: list(one, [], "Headers that events hold, by their names."),
  response_headers: list(one, [], "Headers that events hold, by their names."),
  masked_headers: list(
    one,
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key"],
    "Headers that no event ever holds.",
  ),
  exclude_fields: list(one, [], "Fields that events lack, as `client.ip`."),
  ...outputs("data/traffic.log"),
  properties: ignored("events have no computed fields"),
  payloads: ignored("events hold no bodies"),
});

export const securityEvents = section(
  "One event for each authentication that a policy decides: who, how, why not, from where.",
  {
    enabled: flag(false, "Whether there are any."),
    success_rate: part("Which part of the successes."),
    failure_rate: part("Which part of the failures."),
    ...outputs("data/security.log"),
  },
);

export const accessLogs = section("One line for each request.", {
  enabled: flag(true, "Whether there are any."),
  format: choice("json", ["json", "text"], "How a line looks."),
  file: file(""),
  query: flag(false, "Whether paths have their query, which may hold a key or a token."),
  json_fields: ignored("the 23 short keys"),
  text_format: ignored("one format"),
});

export const statsd = section("Envoy's statistics, by its own sink over UDP.", {
  enabled: flag(false, "Whether they are sent."),
  address: text("127.0.0.1:8125", "IP address and port of the server."),
  format: choice("statsd", ["statsd", "dogstatsd"], "dogstatsd has tags."),
  prefix: text("sluice", "What each name begins with."),
});

export const tracing = section("Spans by Envoy's own tracers, to a collector.", {
  enabled: flag(false, "Whether there are any."),
  protocol: choice(
    "grpc",
    ["grpc", "http", "zipkin"],
    "`grpc` and `http` are OpenTelemetry's, and take and send W3C trace context; `zipkin` is Zipkin's JSON, and takes and sends B3 and W3C.",
  ),
  endpoint: text("otel-collector:4317", "host:port of the collector."),
  sampling_rate: part("Which part of the requests."),
  service_name: text("sluice", "What the spans say they are from."),
  insecure: ignored("the collector is asked without TLS"),
  batch_timeout: ignored("Envoy's own"),
  max_export_batch_size: ignored("Envoy's own"),
});
