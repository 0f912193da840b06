/** Access log, events, StatsD and tracing from a configuration. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { schema } from "../../../controller/config/schema/index.ts";
import { redacted } from "../../../controller/config/shape.ts";
import { UserError } from "../../../controller/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function load(text: string) {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, text);
  return loadConfig({ file, env: {} }).config;
}
const optionsOf = (text: string) => gatewayOptions(load(text));
function problems(text: string): unknown {
  try {
    load(text);
  } catch (error) {
    if (error instanceof UserError) return error.fields;
    throw error;
  }
  return null;
}

test("by default there is an access log on standard output, and no event, trace or statistic leaves", () => {
  const { accessLog, accessLogFile, record, tracing, statsd } = optionsOf("{}");
  expect({ accessLog, accessLogFile, record, tracing, statsd }).toEqual({
    accessLog: "json",
    record: {},
  });
});

test("the access log goes to a file of a size", () => {
  const logs =
    "{format: text, query: true, file: {path: logs/access.log, max_size_mb: 10, max_files: 3}}";
  expect(optionsOf(`router: {access_logs: ${logs}}`)).toMatchObject({
    accessLog: "text",
    accessLogQuery: true,
    accessLogFile: { path: "logs/access.log", maxBytes: 10_485_760, maxFiles: 3 },
  });
});

test("traffic events have places, a part, headers without the masked ones", () => {
  const http =
    "{url: https://collect.example/v1, authorization: Bearer s3cret, flush_interval: 1s}";
  const text = `
traffic_logging:
  enabled: true
  sampling_rate: 0.5
  outputs: [http, syslog]
  request_headers: [X-Tenant, Authorization]
  exclude_fields: [client.ip]
  http: ${http}
  syslog: {address: "[::1]:6514", protocol: tcp}
`;
  expect(optionsOf(text).record!.traffic).toMatchObject({
    sampling: 0.5,
    requestHeaders: ["x-tenant"],
    excludedFields: ["client.ip"],
    ignoredPaths: ["/_gateway-health"],
    outputs: {
      stdout: false,
      http: {
        ...{ url: "https://collect.example/v1", headers: { authorization: "Bearer s3cret" } },
        ...{ retries: 3, timeoutMs: 5_000 },
        batch: { size: 100, bytes: 1_048_576, everyMs: 1_000 },
      },
      syslog: { host: "::1", port: 6514, protocol: "tcp", facility: 16 },
    },
  });
  expect(JSON.stringify(redacted(load(text), schema))).not.toContain("s3cret");
});

test("security events are sampled by what they say", () => {
  const text = "security_events: {enabled: true, success_rate: 0.01}";
  expect(optionsOf(text).record!.security).toMatchObject({
    successes: 0.01,
    failures: 1,
    outputs: { stdout: true },
  });
});

test("tracing and StatsD have an address and a protocol", () => {
  const text = `
tracing: {enabled: true, protocol: zipkin, endpoint: "collector:9411"}
router: {statsd: {enabled: true, address: "127.0.0.1:9125", format: dogstatsd}}`;
  expect(optionsOf(text)).toMatchObject({
    tracing: { host: "collector", port: 9411, protocol: "zipkin", sampling: 1 },
    statsd: { host: "127.0.0.1", port: 9125, format: "dogstatsd", prefix: "sluice" },
  });
});

test.each([
  ["traffic_logging: {enabled: true, outputs: [http]}", "traffic_logging.http.url"],
  [
    "traffic_logging: {enabled: true, outputs: [http], http: {url: 'ftp://x'}}",
    "traffic_logging.http.url",
  ],
  ["traffic_logging: {outputs: [kafka]}", "traffic_logging.outputs[0]"],
  ["traffic_logging: {sampling_rate: 2}", "traffic_logging.sampling_rate"],
  [
    "security_events: {enabled: true, outputs: [file], file: {path: ''}}",
    "security_events.file.path",
  ],
  [
    "security_events: {enabled: true, outputs: [syslog], syslog: {address: 'a b'}}",
    "security_events.syslog.address",
  ],
  [
    "security_events: {enabled: true, outputs: [syslog], syslog: {protocol: tls, ca_path: /not/there}}",
    "security_events.syslog.ca_path",
  ],
  [
    "security_events: {enabled: true, outputs: [syslog], syslog: {protocol: tls, cert_path: /dev/null}}",
    "security_events.syslog",
  ],
  [
    "security_events: {enabled: true, outputs: [syslog], syslog: {ca_path: /dev/null}}",
    "security_events.syslog.protocol",
  ],
  ["router: {statsd: {enabled: true, address: 'localhost:8125'}}", "router.statsd.address"],
  ["router: {access_logs: {file: {max_files: 0}}}", "router.access_logs.file.max_files"],
  ["tracing: {enabled: true, endpoint: 'http://x:4317'}", "tracing.endpoint"],
])("%s is refused by its path", (text, field) => {
  expect(problems(text)).toEqual([expect.objectContaining({ field })]);
});
