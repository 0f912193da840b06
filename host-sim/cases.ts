/**
 * Cases as data: what a policy does, told by requests and what the world sees of them. The same table runs in the
 * simulator and in a real Envoy. `policies/<name>/cases.ts` exports `cases: Case[]`.
 */
import type { FeedEntry } from "./cases/agent.ts";
import type { Chain, ChainLink, Route } from "./http/routes.ts";
import type { Upstream } from "./http/upstream.ts";
import type { Request } from "./setup.ts";

export type RunnerName = "simulator" | "envoy";

export interface Case extends Partial<CaseRequest> {
  name: string;
  /** Stands in the policy's README. */
  example?: boolean;
  /** Parameters of the folder's own policy, alone on the route. */
  params?: object;
  /** Or a chain, of any policies in the module. */
  chain?: Chain | ChainLink[];
  /** Or several routes. */
  routes?: Route[];
  upstream?: Upstream;
  clusters?: Record<string, Upstream>;
  /** Records that the gateway knows: keys, subscriptions, plans, consumers, revocations, secrets. */
  feed?: FeedEntry[];
  /** What happens, in order; a case of one request puts `request` and `expect` in place of this. */
  steps?: Step[];
  /** Envoy's worker threads; several cannot be told apart in a real Envoy. */
  workers?: number;
  /** Whose certificates clients may show over `https`: PEM. A real Envoy lets in no others. */
  clientAuthority?: string;
  /** Why the case cannot run in the other one. */
  only?: { runner: RunnerName; because: string };
}

export interface CaseRequest {
  request: Request;
  expect: Expected;
}

export type Step =
  | CaseRequest
  /** Requests that are under way at the same time. */
  | { together: CaseRequest[] }
  /** Time passes. A real Envoy waits it out if it is at most 2 s, and skips the case otherwise. */
  | { advanceMs: number }
  /** Records that are there from now on, or gone. The next step sees them. */
  | { feed: FeedEntry[] }
  /** Other parameters for the folder's own policy. */
  | { params: object };

/** A string is the whole text, a pattern is looked for, null is absence. */
export type Text = string | RegExp;

export interface Expected {
  status?: number;
  /** Several values of one header stand in a list. */
  headers?: Record<string, Text | null | string[]>;
  /** An object is compared as JSON, whatever its spacing and order. */
  body?: Text | object;
  /** Null: the request reached no upstream. */
  upstream?: ExpectedRequest | null;
  /** The calls that were made for this request, in order. */
  callouts?: (ExpectedRequest & { cluster: string })[];
  /** Lines that were logged, in this order, perhaps with others between them. */
  logs?: Text[];
  /** Why the answer broke off; null if it must be whole. */
  cut?: Text | null;
}

export interface ExpectedRequest {
  method?: string;
  path?: Text;
  headers?: Record<string, Text | null | string[]>;
  body?: Text | object;
}

type Wrong = readonly [what: string, params: object, log: RegExp];

/** Cases of parameters that a policy refuses: what they have in words, the parameters, and what the log says of them. */
export const misconfigured = (wrong: readonly Wrong[]): Case[] =>
  wrong.map(([what, params, log]) => ({
    name: `is not to be configured with ${what}`,
    params,
    request: { path: "/" },
    expect: { status: 500, upstream: null, logs: [log] },
  }));
