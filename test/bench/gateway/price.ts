/**
 * What each part of a gateway's generated configuration costs: CPU of Envoy per request with a part more or less, against
 * bare Envoy and against the gateway without policies, interleaved. `ONLY=text` keeps the rows with this text beside the
 * first two.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../../cli/build/index.ts";
import { scopeHeader } from "../../../controller/translate/scope.ts";
import { hopHeader } from "../../../controller/xds/resources/http/loops.ts";
import { tracingCluster } from "../../../controller/xds/resources/http/tracing.ts";
import { any } from "../../../controller/xds/protos.ts";
import { startForgetfulTraces } from "../collectors.ts";
import { wasm } from "../filters.ts";
import { measure, type Contestant } from "../lab.ts";
import { eachRoute, gatewayAtRest, type AtRest, type Parts } from "./at-rest.ts";
import { fivePolicies } from "./documents.ts";

const rounds = Number(process.env["ROUNDS"] ?? 9);
const seconds = Number(process.env["SECONDS_EACH"] ?? 1);
const headers = { "user-agent": "bench" };

const without =
  (...names: string[]) =>
  ({ manager }: Parts): void => {
    manager.http_filters = manager.http_filters.filter(({ name }) => !names.includes(name));
  };

function matchThePath(routes: Parts["routes"]): void {
  for (const key of ["vhost_header", "request_headers_to_remove"]) delete routes[key];
  for (const route of eachRoute(routes)) route.match = { path_separated_prefix: "/pets" };
}

const scopeFilters = ["scope-2", "scope-3", "scope-4", "scope-root"];

/** The gateway with a part less, by the part's name. */
const less: Readonly<Record<string, (parts: Parts) => void>> = {
  "the strict reader": ({ filters }) => void filters.shift(),
  "the check for one reading and for loops": without("refusals"),
  "the count of passes": ({ manager }) => {
    for (const { typed_config: early } of manager.early_header_mutation_extensions!)
      early.mutations = early.mutations.filter(({ append }) => append?.header.key !== hopHeader);
    for (const { typed_config } of manager.http_filters)
      delete typed_config?.rules?.policies["loop"];
  },
  "the filters for longer scopes": without(...scopeFilters),
  "the filter that notes operations": without("operation"),
  "the fault filter": without("faults"),
  "the disabled filter of the policies": without("policies"),
  "all of these filters": without("refusals", ...scopeFilters, "operation", "faults", "policies"),
  "the copies of the request": ({ manager, routes }) => {
    for (const { typed_config: early } of manager.early_header_mutation_extensions!)
      early.mutations = early.mutations.filter(({ append }) => append?.header.key === scopeHeader);
    matchThePath(routes);
  },
  "scopes and the copies of the request": ({ manager, routes }) => {
    for (const key of ["early_header_mutation_extensions", "scoped_routes"]) delete manager[key];
    matchThePath(routes);
    manager["route_config"] = routes;
  },
  "the rewritten path": ({ routes }) => {
    for (const { route } of eachRoute(routes)) {
      delete route["regex_rewrite"];
      delete route["prefix_rewrite"];
    }
  },
  "bodies of Envoy's errors": ({ manager }) => {
    delete manager["local_reply_config"];
  },
  timeouts: ({ manager, routes }) => {
    for (const key of ["request_headers_timeout", "request_timeout"]) delete manager[key];
    manager["stream_idle_timeout"] = "0s";
    for (const { route } of eachRoute(routes)) {
      route["timeout"] = "0s";
      delete route["idle_timeout"];
    }
  },
  "normal paths": ({ manager }) => {
    for (const key of ["normalize_path", "merge_slashes", "path_with_escaped_slashes_action"])
      delete manager[key];
  },
};

/** How long a filter that comes over ECDS takes, apart from the way it comes. */
async function discovered(engine: object, folder: string): Promise<object> {
  const path = join(folder, "policies.json");
  const { typed_config } = engine as { typed_config: { "@type": string } };
  const resource = { ...any("envoy.config.core.v3.TypedExtensionConfig"), name: "policies" };
  await writeFile(path, JSON.stringify({ resources: [{ ...resource, typed_config }] }));
  const type_urls = [typed_config["@type"]];
  return { config_discovery: { config_source: { path_config_source: { path } }, type_urls } };
}

const traced = (sampling: number): Partial<AtRest> => ({
  listener: {
    tracing: { host: "127.0.0.1", port: 1, sampling, serviceName: "bench", protocol: "grpc" },
  },
});

export async function price(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-price-"));
  const spans = await startForgetfulTraces();
  try {
    await priced(folder, { [tracingCluster]: spans.port });
  } finally {
    spans.close();
    await rm(folder, { recursive: true });
  }
}

async function priced(folder: string, grpcServices: Record<string, number>): Promise<void> {
  const { wasm: module } = await build(fivePolicies.map((name) => `policies/${name}`));
  const engine = wasm("policies", module, "sluice.gateway", null);
  const row = (name: string, policies: number, options: Partial<AtRest> = {}): Contestant => ({
    ...{ name, filters: [], headers },
    listener: gatewayAtRest({
      ...{ document: { policies }, engine, ...options },
      listener: { accessLog: "off", ...options.listener },
    }),
  });
  const all: Contestant[] = [
    { name: "bare Envoy", filters: [], headers },
    row("a gateway without policies and log", 0),
    row("with the access log, JSON", 0, { listener: { accessLog: "json" } }),
    row("with the access log, text", 0, { listener: { accessLog: "text" } }),
    row("with metrics", 0, { listener: { metrics: true } }),
    row("with spans of all requests", 0, traced(1)),
    row("with spans of one in a hundred", 0, traced(0.01)),
    row("with five policies", 5),
    row("with five policies over ECDS", 5, { engine: await discovered(engine, folder) }),
    ...Object.entries(less).map(([name, change]) => row(`without ${name}`, 0, { change })),
  ];
  const only = process.env["ONLY"] ?? "";
  const kept = all.filter(({ name }, i) => i < 2 || name.includes(only));
  const figures = await measure(kept, rounds, seconds, {}, { grpcServices, output: () => {} });
  for (const { name, micros, ratio } of figures)
    console.log(`${name.padEnd(48)} ${micros.toFixed(1).padStart(6)} µs  ${ratio.toFixed(3)}×`);
}
