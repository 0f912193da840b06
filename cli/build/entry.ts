/** The generated entry: registers every policy and exports the callbacks that some policy needs. */
import { calls, grpcCalls, handlers, waits, type SharedGround } from "./syntax/source.ts";

export interface EntryPolicy {
  name: string;
  version: string;
  className: string;
  handles: number;
  shares: readonly SharedGround[];
  looksUp: boolean;
  offers: boolean;
}

/** Callbacks that only some modules need, and the handlers they are needed for. */
const optional: Readonly<Record<string, readonly string[]>> = {
  proxy_on_request_body: ["onRequestBody", "onRequestChunk"],
  proxy_on_request_trailers: ["onRequestTrailers", "onRequestBody"],
  proxy_on_response_headers: ["onResponseHeaders", "onResponseBody", "onResponseChunk"],
  proxy_on_response_body: ["onResponseBody", "onResponseChunk"],
  proxy_on_response_trailers: ["onResponseTrailers", "onResponseBody"],
  proxy_on_log: ["onLog"],
  proxy_on_http_call_response: ["calls"],
  proxy_on_grpc_receive: ["grpcCalls"],
  proxy_on_grpc_close: ["grpcCalls"],
  proxy_on_tick: ["onSetup", "onTick", "onRefresh", "waits"],
};

/** What a source does beside the handlers that it overrides. */
const extras: Readonly<Record<string, number>> = { calls, grpcCalls, waits };

/** What the feed needs. */
const fedBy = ["proxy_on_http_call_response", "proxy_on_tick"];

/** What lays out each ground, and where it is. */
const layouts: Readonly<Record<SharedGround, string>> = {
  table: "prepareTable",
  leases: "prepareLeases",
};

const always = [
  "proxy_abi_version_0_2_1",
  "proxy_on_memory_allocate",
  "proxy_on_context_create",
  "proxy_on_configure",
  "proxy_on_request_headers",
  "proxy_on_delete",
  "onFault",
  "fuel",
];

/** Whether the module follows the feed: chains of routes may hold secrets, which come by it. */
export const isFed = (policies: readonly EntryPolicy[]): boolean =>
  policies.length > 1 || policies.some((one) => one.looksUp);

export interface EntryOptions {
  /** The module tells a simulator which policy runs, and where a fault comes from. */
  traced?: boolean;
  /** It counts how often statements run. */
  counted?: boolean;
}

export function generateEntry(
  policies: readonly EntryPolicy[],
  { traced, counted }: EntryOptions = {},
): string {
  const all = policies.reduce((bits, one) => bits | one.handles, 0);
  const several = policies.length > 1;
  const shares = [...new Set(policies.flatMap((one) => one.shares))];
  const fed = isFed(policies);
  const wanted = Object.entries(optional)
    .filter(
      ([callback, names]) =>
        (fed && fedBy.includes(callback)) ||
        names.some((name) => all & (handlers[name] ?? extras[name] ?? 0)),
    )
    .map(([callback]) => callback);
  const inPieces = ["onRequestChunk", "onResponseChunk"].some(
    (name) => all & (handlers[name] ?? 0),
  );
  const imports = policies.map(
    (one, i) =>
      `import { ${one.className} as Policy${i} } from "./policies/${one.name}/policy";\n` +
      `import { Params as Params${i} } from "./policies/${one.name}/params";`,
  );
  // A policy's number stands above the bits of its handlers: see sdk/engine/tally.ts.
  const numbered = (handles: number, i: number) => (several ? handles | ((i + 1) << 16) : handles);
  const registrations = policies.map(
    (one, i) =>
      `register(${JSON.stringify(one.name)}, ${JSON.stringify(one.version)}, ${numbered(one.handles, i)}, ` +
      `(c: Cursor): Handlers => new Policy${i}(Params${i}.read(c)));`,
  );
  return [
    `import { prepare, register } from "sluice/sdk/engine/registry";`,
    ...(several
      ? [`import { enableConditions } from "sluice/sdk/engine/conditions/condition";`]
      : []),
    ...(fed
      ? [
          `import { enableFeed } from "sluice/sdk/engine/feed/enable";`,
          "@global const FEED: bool = true;",
        ]
      : []),
    ...(several ? ["@global const TALLY: bool = true;"] : []),
    ...(policies.some((one) => one.offers) ? ["@global const ALTERNATIVES: bool = true;"] : []),
    ...(inPieces ? ["@global const PIECES: bool = true;"] : []),
    ...shares.map((one) => `import { ${layouts[one]} } from "sluice/sdk/shared/${one}";`),
    // A letter each: small modules have to stay small.
    `export { linkAddress as p } from "sluice/sdk/engine/live";`,
    `export { budget as f } from "sluice/sdk/engine/fuel";`,
    ...(traced
      ? [
          "@global const TRACE: bool = true;",
          `export { noteFault } from "sluice/sdk/engine/trace";`,
        ]
      : []),
    ...(counted ? ["export const c: usize = COUNTERS;"] : []),
    `import { Handlers } from "sluice/sdk/policy";`,
    `import { Cursor } from "sluice/sdk/params/cursor";`,
    ...imports,
    `export { ${[...always, ...wanted].join(", ")} } from "sluice/sdk/engine/exports";`,
    ...registrations,
    ...(several ? ["enableConditions();"] : []),
    ...(fed ? ["enableFeed();"] : []),
    ...shares.map((one) => `prepare(${layouts[one]});`),
    "",
  ].join("\n");
}
