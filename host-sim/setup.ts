/** What a test, a case or the dev gateway gives the simulator. */
import type { LogLevel } from "../sdk/abi.ts";
import type { Chain, Route } from "./http/routes.ts";
import type { BodyInput, HeaderInput, Upstream, UpstreamRequest } from "./http/upstream.ts";
import type { CalloutRecord } from "./http/callouts.ts";
import type { LogEntry } from "./wasm/host.ts";
import type { ModuleSource } from "./module/module.ts";
import type { FailurePolicy } from "./wasm/plugin.ts";

/** What filters may make a gateway keep in each direction, in bytes. */
export const defaultBufferLimit = 1_048_576;

export type ErrorForm = "envoy" | "text" | "json";

export interface FilterSetup {
  module: ModuleSource;
  /** The plugin's name in logs and answers. */
  name?: string;
  /** Plugin configuration: a string as it is, anything else as JSON. */
  configuration?: string | object;
  rootId?: string;
  vmId?: string;
  vmConfiguration?: string | object;
  environment?: Record<string, string>;
  failurePolicy?: FailurePolicy;
  /** Base and bound of the back-off before a dead VM is loaded again; 10 and 100 ms if left out. */
  reload?: { baseMs?: number; maxMs?: number };
  headersStopIteration?: boolean;
  /** The hostcalls and callbacks allowed; all if left out. */
  capabilities?: string[];
}

export interface Setup extends Partial<FilterSetup> {
  /** Several modules, in the order in which a request passes them. */
  modules?: FilterSetup[];
  /** Gateway mode with one route for every request. */
  chain?: Chain;
  routes?: Route[];
  upstream?: Upstream;
  /** What callouts reach. Any other name does not exist. */
  clusters?: Record<string, Upstream>;
  workers?: number;
  /** Of everything random; the same seed gives the same run. */
  seed?: number;
  /** What Envoy swallows in silence fails the test. */
  strict?: boolean;
  /** The virtual clock's start. */
  now?: number | Date;
  /**
   * `auto` (the default): while a test waits for an answer and nothing else can happen, time jumps to the next timer.
   * `manual`: only `clock.advance` moves it. `real`: it follows the machine's, for a server.
   */
  time?: "auto" | "manual" | "real";
  logLevel?: LogLevel;
  /** `defaultBufferLimit` if left out. */
  bufferLimit?: number;
  /** 15 s if left out; 0 is none. */
  routeTimeoutMs?: number;
  serverName?: string;
  /**
   * The bodies of the gateway's own answers: Envoy's words (`envoy`, the default), or as the gateway's listeners give
   * them: `json`, or `text`, which leaves all but the 404 as they are.
   */
  errors?: ErrorForm;
  /** HTTP/1 trailers are dropped unless this is set, as in Envoy. */
  trailers?: boolean;
  /** Notes each request's way through the modules, in `exchange.trace`. */
  traced?: boolean;
  /** Is told each hostcall of every module by its name, to count them. */
  called?: (hostcall: string) => void;
  /** Is shown each instance of a module as it starts. */
  instance?: (exports: WebAssembly.Exports) => void;
  inject?: Injections;
}

/** Faults that a test puts in. */
export interface Injections {
  /** So many of the next compare-and-swap writes lose against another worker. */
  lostWrites?: number;
  /** A VM may not grow its memory beyond this. */
  memoryBytes?: number;
  /** A handler of a policy may run so many instructions, and 800 more for each byte of its body. */
  fuel?: number;
}

export type Disconnect =
  | "after-headers"
  | "after-request"
  | "on-callout"
  | "on-response-headers"
  | "on-response-body"
  | { afterChunks: number }
  | { afterMs: number };

export interface ClientCertificate {
  certificate: string;
  key: string;
}

export interface Request {
  method?: string;
  path: string;
  headers?: HeaderInput;
  /** An array comes in chunk by chunk, without a length. */
  body?: BodyInput;
  trailers?: HeaderInput;
  /** A frame of metadata, of HTTP/2, behind the headers. */
  metadata?: HeaderInput;
  chunkDelayMs?: number;
  disconnect?: Disconnect;
  worker?: number;
  /** With `https` a real Envoy gets a listener that speaks TLS. */
  scheme?: "http" | "https";
  /** What the client shows in the handshake of `https`; PEM. */
  clientCertificate?: ClientCertificate;
  /** Where the client is; 127.0.0.1 if left out. */
  clientAddress?: string;
}

export interface Answer {
  /** 0 if the client hung up, or was cut off, before there was one. */
  status: number;
  headers: [string, string][];
  body: Uint8Array;
  text: string;
  trailers: [string, string][];
  /** The request as the upstream saw it; null when none reached it. */
  upstream: UpstreamRequest | null;
  callouts: CalloutRecord[];
  logs: LogEntry[];
  /** `file:line:column` of policies' faults, in a module that is built `traced` and comes with its map. */
  faults: string[];
  /** Why the answer is what it is, in Envoy's words (`response_code_details`) or those of the policy that answered. */
  details: string;
  /** The policy or filter that answered in place of the upstream; null if none did. */
  decidedBy: string | null;
  /** Why the answer broke off; null if it is whole. */
  cut: string | null;
  route: string | null;
  /** The first value of a header; null if there is none. */
  header(name: string): string | null;
}
