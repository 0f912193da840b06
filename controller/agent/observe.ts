/** What an agent does with what its Envoy writes of requests, and where it shows its Envoy's metrics. */
import { Recorder } from "../analytics/recorder.ts";
import type { RecordOptions } from "../analytics/options.ts";
import type { FileSinkOptions } from "../analytics/sinks/file.ts";
import type { Print } from "../analytics/sinks/stdout.ts";
import { listen } from "../api/listen.ts";
import { engineMetrics, metricsApi, type MeasuredEnvoy } from "../observe/metrics-port.ts";
import type { StatsdOptions } from "./statsd.ts";

export interface AgentObserve {
  /** What is written is the controller's to say; where it goes is said here. */
  record?: RecordOptions;
  accessLogFile?: FileSinkOptions;
  statsd?: StatsdOptions;
  /** Takes lines of standard output. */
  print?: Print;
  /** A port for Prometheus; none unless given. */
  metrics?: { host: string; port: number; allowedIps: readonly string[] };
}

export interface AgentObserving {
  take(line: string): void;
  metricsPort: number | null;
}

export async function observeEnvoy(
  { record, accessLogFile, print, metrics }: AgentObserve,
  envoy: MeasuredEnvoy,
  log: (line: string) => void,
  closing: (() => unknown)[],
): Promise<AgentObserving> {
  // An API's facts are in no resource that an agent gets: events have its handle.
  const recorder = new Recorder({
    ...{ ...record, log, print: print ?? log, factsOf: () => null },
    ...(accessLogFile && { accessLogFile }),
  });
  closing.push(() => recorder.close());
  const port = metrics
    ? await listen(
        metricsApi(engineMetrics(envoy, recorder), metrics.allowedIps),
        metrics.host,
        metrics.port,
      )
    : null;
  if (port) closing.push(port.close);
  return { take: (line) => recorder.take(line), metricsPort: port?.port ?? null };
}
