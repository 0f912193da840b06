/** What a configuration says about what is seen of requests. */
import type { Batch } from "../../analytics/queue.ts";
import type { Outputs, RecordOptions } from "../../analytics/options.ts";
import type { FileSinkOptions } from "../../analytics/sinks/file.ts";
import type { StatsdOptions } from "../../agent/statsd.ts";
import type { GatewayOptions } from "../../options.ts";
import type { TracingOptions } from "../../xds/resources/http/tracing.ts";
import { milliseconds } from "../field.ts";
import type { Config } from "../schema/index.ts";

type ObserveOptions = Pick<
  GatewayOptions,
  "accessLog" | "accessLogQuery" | "accessLogFile" | "record" | "statsd" | "tracing"
>;

export function observeOf(config: Config): ObserveOptions {
  const { access_logs: logs, statsd } = config.router;
  return {
    accessLog: logs.enabled ? logs.format : "off",
    ...(logs.query && { accessLogQuery: true }),
    ...(logs.enabled && logs.file.path && { accessLogFile: fileOf(logs.file) }),
    record: recordOf(config),
    ...(statsd.enabled && { statsd: statsdOf(statsd) }),
    ...(config.tracing.enabled && { tracing: tracingOf(config.tracing) }),
  };
}

function recordOf({ traffic_logging: traffic, security_events: security }: Config): RecordOptions {
  const shown = (names: string[]) => {
    const masked = traffic.masked_headers.map((name) => name.toLowerCase());
    return names.map((name) => name.toLowerCase()).filter((name) => !masked.includes(name));
  };
  return {
    ...(traffic.enabled && {
      traffic: {
        outputs: outputsOf(traffic),
        sampling: traffic.sampling_rate,
        ignoredPaths: traffic.ignore_path_prefixes,
        requestHeaders: shown(traffic.request_headers),
        responseHeaders: shown(traffic.response_headers),
        excludedFields: traffic.exclude_fields,
      },
    }),
    ...(security.enabled && {
      security: {
        outputs: outputsOf(security),
        successes: security.success_rate,
        failures: security.failure_rate,
      },
    }),
  };
}

/** What both kinds of events have. */
export type OutputSection = Pick<
  Config["security_events"],
  "outputs" | "queue_size" | "file" | "http" | "syslog"
>;

function outputsOf(section: OutputSection): Outputs {
  const { outputs, queue_size: queueSize, file, http, syslog } = section;
  return {
    queueSize,
    stdout: outputs.includes("stdout"),
    ...(outputs.includes("file") && { file: fileOf(file) }),
    ...(outputs.includes("http") && { http: httpOf(http) }),
    ...(outputs.includes("syslog") && {
      syslog: syslogOf(syslog),
    }),
  };
}

const syslogTimeoutMs = 5_000;

/** RFC 5425 gives TLS a port of its own. */
export const syslogPort = (protocol: string): number => (protocol === "tls" ? 6514 : 514);

const syslogOf = (syslog: OutputSection["syslog"]): NonNullable<Outputs["syslog"]> => ({
  ...addressOf(syslog.address, syslogPort(syslog.protocol)),
  ...{ protocol: syslog.protocol, facility: syslog.facility, appName: syslog.app_name },
  timeoutMs: syslogTimeoutMs,
  tls: { caPath: syslog.ca_path, certPath: syslog.cert_path, keyPath: syslog.key_path },
});

const fileOf = (file: OutputSection["file"]): FileSinkOptions => ({
  path: file.path,
  maxBytes: file.max_size_mb * 1_048_576,
  maxFiles: file.max_files,
});

function httpOf(http: OutputSection["http"]): NonNullable<Outputs["http"]> {
  const batch: Batch = {
    size: http.batch_size,
    bytes: http.max_batch_bytes,
    everyMs: milliseconds(http.flush_interval),
  };
  return {
    ...{ url: http.url, timeoutMs: milliseconds(http.timeout), retries: http.max_retries, batch },
    headers: { ...http.headers, ...(http.authorization && { authorization: http.authorization }) },
  };
}

const statsdOf = ({ address, format, prefix }: Config["router"]["statsd"]): StatsdOptions => ({
  ...addressOf(address, 8125),
  ...{ format, prefix },
});

function tracingOf(tracing: Config["tracing"]): TracingOptions {
  const { sampling_rate: sampling, service_name: serviceName, protocol } = tracing;
  return { ...addressOf(tracing.endpoint, 4317), sampling, serviceName, protocol };
}

/** `host:port`, `[::1]:port`, or the host alone. */
export function addressOf(text: string, standard: number): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? text, port: port ? Number(port) : standard };
}
