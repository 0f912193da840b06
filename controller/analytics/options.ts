/** What is recorded of requests, and where it goes. */
import type { Batch } from "./queue.ts";
import type { FileSinkOptions } from "./sinks/file.ts";
import type { HttpSinkOptions } from "./sinks/http.ts";
import type { SyslogSinkOptions } from "./sinks/syslog.ts";

export interface Outputs {
  stdout?: boolean;
  file?: FileSinkOptions;
  http?: HttpSinkOptions & { batch: Batch; retries: number };
  syslog?: SyslogSinkOptions;
  /** How many events may wait for each of them. */
  queueSize: number;
}

export interface TrafficLogging {
  outputs: Outputs;
  /** Which part of the requests, 0 to 1. */
  sampling: number;
  /** Requests whose path begins with one of these make no event. */
  ignoredPaths: readonly string[];
  /** Names of headers, in lower case. */
  requestHeaders: readonly string[];
  responseHeaders: readonly string[];
  /** Fields that events lack, as `client.ip`. */
  excludedFields: readonly string[];
}

export interface SecurityEvents {
  outputs: Outputs;
  /** Which part of the successful authentications, and of the failed ones, 0 to 1. */
  successes: number;
  failures: number;
}

export interface RecordOptions {
  traffic?: TrafficLogging;
  security?: SecurityEvents;
}

/** What a gateway knows of an API beside its handle. */
export interface ApiFacts {
  name: string;
  version: string;
  context: string;
  kind: string;
}
