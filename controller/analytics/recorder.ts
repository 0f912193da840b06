/**
 * Takes the lines that Envoy writes on its standard output, and hands each on: an event's line becomes traffic and security
 * events, any other is the access log's. It never waits, so Envoy's pipe is always read; what no sink takes is counted.
 */
import { reason } from "../errors.ts";
import type { Metric } from "../metrics.ts";
import { outcomesOf, trafficEvent } from "./event.ts";
import type { ApiFacts, Outputs, RecordOptions } from "./options.ts";
import { Outlets, type Surroundings } from "./outlets.ts";
import type { FileSinkOptions } from "./sinks/file.ts";
import { queueMetrics } from "./queue-metrics.ts";
import { isRequestLine, readRequestLine, type RequestLine } from "./request-line.ts";
import { securityEvent } from "./security-event.ts";
import { without } from "./without.ts";

export interface RecorderOptions extends RecordOptions, Surroundings {
  /** The access log's file; standard output without one. */
  accessLogFile?: FileSinkOptions;
  factsOf: (api: string) => ApiFacts | null;
}

/** Lines of the access log that may wait for the disk, or for the reader of standard output. */
const accessLogQueue = 10_000;

export class Recorder {
  private readonly access: Outlets;
  private readonly traffic: Outlets | null;
  private readonly security: Outlets | null;
  /** Once is enough: there is a line for each request. */
  private isToldOfUnread = false;

  constructor(private readonly options: RecorderOptions) {
    const { accessLogFile, traffic, security } = options;
    const outlets = (name: string, outputs: Outputs) => new Outlets(name, outputs, options);
    const place = accessLogFile ? { file: accessLogFile } : { stdout: true };
    this.access = outlets("access", { ...place, queueSize: accessLogQueue });
    this.traffic = traffic ? outlets("traffic", traffic.outputs) : null;
    this.security = security ? outlets("security", security.outputs) : null;
  }

  take(line: string): void {
    if (isRequestLine(line)) this.takeEvent(line);
    else this.access.addLine(line);
  }

  metrics(): Metric[] {
    return queueMetrics([this.access, this.traffic, this.security].filter((one) => one !== null));
  }

  async close(): Promise<void> {
    await Promise.all([this.access, this.traffic, this.security].map((one) => one?.close()));
  }

  private takeEvent(text: string): void {
    let line: RequestLine;
    try {
      line = readRequestLine(text);
    } catch (error) {
      if (!this.isToldOfUnread)
        this.options.log(`lines of Envoy's about requests cannot be read: ${reason(error)}`);
      this.isToldOfUnread = true;
      return;
    }
    this.recordTraffic(line);
    this.recordSecurity(line);
  }

  private recordTraffic(line: RequestLine): void {
    const { traffic, factsOf } = this.options;
    if (!traffic || !chosen(traffic.sampling)) return;
    if (traffic.ignoredPaths.some((prefix) => line.path.startsWith(prefix))) return;
    this.traffic?.add(() => without(trafficEvent(line, factsOf), traffic.excludedFields));
  }

  private recordSecurity(line: RequestLine): void {
    const { security } = this.options;
    if (!security || !line.caller) return;
    for (const outcome of outcomesOf(line))
      if (chosen(outcome.success ? security.successes : security.failures))
        this.security?.add(() => securityEvent(line, outcome));
  }
}

const chosen = (part: number): boolean => part >= 1 || Math.random() < part;
