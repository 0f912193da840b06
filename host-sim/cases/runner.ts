/** Where a case can run: the simulator, or a real Envoy. */
import type { RunnerName } from "../cases.ts";
import type { FeedEntry } from "./agent.ts";
import type { Chain, Route } from "../http/routes.ts";
import type { Upstream, UpstreamRequest } from "../http/upstream.ts";
import type { Request } from "../setup.ts";

export interface RunnerSetup {
  module: Uint8Array | string;
  configuration?: string | object;
  chain?: Chain;
  routes?: Route[];
  upstream?: Upstream;
  clusters?: Record<string, Upstream>;
  /** What the agent's feed has from the start; without it there is no agent. */
  feed?: FeedEntry[];
  workers?: number;
  /** Whose certificates clients may show: PEM. */
  clientAuthority?: string;
}

export type SeenRequest = Pick<UpstreamRequest, "method" | "path" | "headers" | "body">;

/** What both can tell of a request. */
export interface RunnerAnswer {
  status: number;
  headers: [string, string][];
  body: Uint8Array;
  text: string;
  upstream: SeenRequest | null;
  callouts: (SeenRequest & { cluster: string })[];
  logs: string[];
  cut: string | null;
}

/** Of a histogram, how many values were recorded. */
export type MetricValue = number | { count: number };

export interface Loaded {
  request(request: Request): Promise<RunnerAnswer>;
  advance(ms: number): Promise<void>;
  /** What modules counted, by the names that Envoy shows. */
  metrics(): Promise<Record<string, MetricValue>>;
  /** Changes the feed, and waits until the module has taken it. */
  feed(entries: FeedEntry[]): Promise<void>;
  /** Another chain on the only route. */
  setChain(chain: Chain): Promise<void>;
  close(): Promise<void>;
}

export interface Runner {
  name: RunnerName;
  load(setup: RunnerSetup): Promise<Loaded>;
  close?(): Promise<void>;
}
