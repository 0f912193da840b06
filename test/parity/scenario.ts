/** One thing to do in both hosts: a chain, a request, what the upstream and the other services do. All of it is data. */
import type { Chain } from "../../host-sim/index.ts";

export type Pairs = [string, string][];

export interface Scenario {
  /** Which of the chains that are loaded; -1 is a path without a route. */
  chain: number;
  method: string;
  path: string;
  headers: Pairs;
  /** A string has a length, pieces come in chunks. */
  body?: string | string[];
  /** Behind a body in pieces. */
  trailers?: Pairs;
  /** Between two pieces, so that each is read by itself. */
  pieceDelayMs?: number;
  /** The client hangs up after so many pieces. */
  breaksOff?: number;
  /** What each probe of the chain does, by its slot. */
  scripts: Record<string, string[]>;
  upstream: UpstreamPlan;
  /** The client hangs up while something is awaited that never comes. */
  hangUp?: true;
}

export interface UpstreamPlan {
  status: number;
  headers: Pairs;
  body: string | string[];
  /** The connection breaks. */
  breaks?: "before-headers" | "mid-body";
}

/** Chains and the scenarios that run on them. */
export interface Plan {
  /** Null for a bare module, which takes its script from the request. */
  chains: Chain[] | null;
  scenarios: Scenario[];
}

/** Stands for the run's own name in every text of a scenario. */
export const self = "@@";

/** What the client, the upstream, the other services and the log have seen. */
export interface View {
  status: number;
  headers: Pairs;
  body: string;
  cut: boolean;
  upstream: { method: string; path: string; headers: Pairs; body: string } | null;
  callouts: string[];
  log: string[];
}

/** A host that runs scenarios; `id` is unique for each run. */
export interface Host {
  name: string;
  /** What is `wanted` may come later than the answer: for that it waits, and shows in the end what there is. */
  run(scenario: Scenario, id: string, wanted?: View): Promise<View>;
  close(): Promise<void>;
}
