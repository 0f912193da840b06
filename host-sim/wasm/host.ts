/** What a VM needs from the world around it. */
import type { LogLevel } from "../../sdk/abi.ts";
import type { Clock } from "../state/clock.ts";
import type { Metrics } from "../state/metrics.ts";
import type { SharedData } from "../state/shared-data.ts";
import type { CallbackName } from "./callbacks.ts";
import type { Callouts } from "../http/callouts.ts";

export interface LogEntry {
  level: LogLevel;
  message: string;
  /** The filter whose module wrote it; `host` for the simulator's own words. */
  filter: string;
  worker: number;
  at: number;
  /** The stream it belongs to, if any. */
  stream: number | null;
}

export interface Host {
  clock: Clock;
  shared: SharedData;
  metrics: Metrics;
  callouts: Callouts;
  /** The log level that modules see and below which nothing is kept. */
  logLevel: LogLevel;
  log(entry: LogEntry): void;
  /** What Envoy swallows without a word; kept, and in strict mode fatal for the test. */
  swallowed(what: string): void;
  random(): number;
  /** Runs later, on the same thread: what Envoy posts to a dispatcher. */
  post(run: () => void): void;
  /** Runs what was posted: it comes before anything from outside does. */
  drain(): void;
  node: { id: string; cluster: string };
  /** Injected: the next callback of this name traps. */
  trapNext: CallbackName | null;
  /** Injected: the instructions that a policy's handler may run; null leaves what the module says. */
  fuel: number | null;
  /** Notes each request's way; costs time, so only where someone looks. */
  traced: boolean;
  called: ((hostcall: string) => void) | null;
  /** Is shown each instance as it starts. */
  instance: (exports: WebAssembly.Exports) => void;
}
