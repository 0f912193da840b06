/**
 * A module in a real, stock Envoy, for what cases cannot say: HTTP/2 and its metadata, routes in Envoy's own words, modules and
 * configurations that change under requests. `load` gives it a listener, routes and clusters of its own in one Envoy that the
 * whole test file shares.
 */
import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { moduleFilter } from "../../controller/xds/resources/module.ts";
import { cluster, http2, http2Only, seconds } from "../../controller/xds/resources/cluster.ts";
import { listener, singleRoutes } from "../../controller/xds/resources/listener.ts";
import { route } from "../../controller/xds/resources/route.ts";
import type { Change } from "../../controller/xds/cache.ts";
import type { JsonObject } from "../../controller/xds/protos.ts";
import { send, type ReceivedAnswer, type SentRequest } from "./client.ts";
import { startLab, type EnvoyLab, type LabOptions } from "../../controller/lab/lab.ts";
import type { Upstream, UpstreamRequest } from "../../host-sim/http/upstream.ts";
import { startService } from "../../controller/lab/services.ts";

export interface EnvoySetup {
  module: Uint8Array | string;
  configuration?: string | object;
  /** The chain of the only route, when `routes` is left out. */
  chain?: object;
  routes?: EnvoyRoute[];
  upstream?: Upstream;
  /** What callouts reach, by the name of Envoy's cluster. */
  clusters?: Record<string, Upstream>;
  /** Services of the test's own that speak HTTP/2, by the name of Envoy's cluster: their ports. */
  http2?: Record<string, number>;
  /** In place of `upstream`, one of the test's own that speaks HTTP/2 and may send its metadata: its port. */
  http2Upstream?: number;
  /** How long a route waits for its upstream. */
  timeoutMs?: number;
  /** Trailers of clients reach the filters, and so does metadata of HTTP/2. */
  trailers?: boolean;
  rootId?: string;
  /** Left out: shared data of this setup's own. */
  vmId?: string;
}

export interface EnvoyRoute {
  name?: string;
  match?: JsonObject;
  chain?: object;
  metadata?: JsonObject;
}

export interface EnvoyAnswer extends ReceivedAnswer {
  text: string;
  /** The request as the upstream saw it; null when none reached it. */
  upstream: UpstreamRequest | null;
}

export interface LoadedEnvoy {
  request(request: SentRequest): Promise<EnvoyAnswer>;
  port: number;
  /** Requests that reached a callout's cluster. */
  callouts(cluster: string): UpstreamRequest[];
  /** Everything that Envoy has logged so far. */
  logs(): readonly string[];
  /** Asks Envoy's own admin port. */
  admin(path: string): Promise<string>;
  /** Gives the route another chain while it serves. */
  chain(chain: object): Promise<void>;
  /** Gives the filter another module while it serves. */
  swap(module: Uint8Array): Promise<void>;
  /** Gives the plugin another configuration while it serves. */
  reconfigure(configuration: object | string): Promise<void>;
  close(): Promise<void>;
}

export interface EnvoyRunner {
  name: "envoy";
  load(setup: EnvoySetup): Promise<LoadedEnvoy>;
  /** Ends the Envoy; needed once, after all tests of the file. */
  close(): Promise<void>;
}

export function envoyRunner(options: LabOptions = {}): EnvoyRunner {
  let lab: Promise<EnvoyLab> | undefined;
  let loads = 0;
  return {
    name: "envoy",
    load: async (setup) => loadInto(await (lab ??= startLab(options)), setup, `case-${++loads}`),
    close: async () => (await lab)?.close(),
  };
}

async function loadInto(lab: EnvoyLab, setup: EnvoySetup, id: string): Promise<LoadedEnvoy> {
  const bytes =
    typeof setup.module === "string" ? new Uint8Array(await readFile(setup.module)) : setup.module;
  const upstream = await startService(setup.upstream ?? {}, "");
  const callees = new Map(
    await Promise.all(
      Object.entries(setup.clusters ?? {}).map(
        async ([name, behaviour]) => [name, await startService(behaviour, name)] as const,
      ),
    ),
  );
  const inGatewayMode = setup.rootId === "sluice.gateway" || setup.chain || setup.routes;
  const at = (name: string, port: number, protocol?: JsonObject): Change => ({
    kind: "cluster",
    name,
    body: {
      ...cluster({ name, endpoints: [{ host: "127.0.0.1", port }] }),
      ...(protocol && { typed_extension_protocol_options: protocol }),
    },
  });
  const filter = (configuration: JsonObject | string, code = bytes): Change => ({
    kind: "extension",
    name: id,
    body: moduleFilter({
      name: id,
      bytes: code,
      rootId: setup.rootId ?? (inGatewayMode ? "sluice.gateway" : "plain"),
      vmId: setup.vmId ?? id,
      configuration,
    }),
  });
  const changes: Change[] = [
    setup.http2Upstream === undefined
      ? at(id, upstream.port)
      : at(id, setup.http2Upstream, http2({ allow_metadata: true })),
    ...[...callees].map(([name, { port }]) => at(name, port)),
    ...Object.entries(setup.http2 ?? {}).map(([name, port]) => at(name, port, http2Only)),
    filter(setup.configuration as JsonObject | string),
    {
      kind: "listener",
      name: id,
      body: withTrailers(
        listener({
          ...{ name: id, host: "127.0.0.1", port: 0, filters: [id], routes: singleRoutes(id) },
          errors: "text",
        }),
        setup.trailers ?? false,
      ),
    },
    { kind: "route", name: id, body: routeTable(id, setup, Boolean(inGatewayMode)) },
  ];
  const remove = async () => {
    await lab.push(changes.map(({ kind, name }) => ({ kind, name, body: null })));
    await Promise.all([upstream, ...callees.values()].map((server) => server.close()));
  };
  try {
    await lab.push(changes);
    const port = await lab.port(id);
    return {
      port,
      logs: () => lab.logs,
      admin: (path) => lab.envoy.admin(path),
      swap: (module) => lab.push([filter(setup.configuration as JsonObject | string, module)]),
      reconfigure: (configuration) => lab.push([filter(configuration as JsonObject | string)]),
      chain: (chain) =>
        lab.push([
          {
            kind: "route",
            name: id,
            body: routeTable(id, { ...setup, chain }, Boolean(inGatewayMode)),
          },
        ]),
      callouts: (name) => callees.get(name)?.seen ?? [],
      close: remove,
      request: async (request) => {
        const before = upstream.seen.length;
        const answer = await send(port, request);
        return {
          ...answer,
          text: new TextDecoder().decode(answer.body),
          upstream: upstream.seen[before] ?? null,
        };
      },
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

/** No listener of the gateway takes trailers of HTTP/1. */
function withTrailers(body: JsonObject, wanted: boolean): JsonObject {
  if (!wanted) return body;
  const whole = structuredClone(body) as JsonObject & { filter_chains: FilterChain[] };
  const manager = whole.filter_chains[0]!.filters.at(-1)!.typed_config;
  manager.http_protocol_options = { ...manager.http_protocol_options, enable_trailers: true };
  manager.http2_protocol_options = { ...manager.http2_protocol_options, allow_metadata: true };
  return whole;
}

interface FilterChain extends JsonObject {
  filters: { typed_config: JsonObject & Record<`http${"" | "2"}_protocol_options`, JsonObject> }[];
}

function routeTable(id: string, setup: EnvoySetup, inGatewayMode: boolean): JsonObject {
  const routes = setup.routes ?? [{ chain: setup.chain ?? { policies: [] } }];
  return {
    name: id,
    virtual_hosts: [
      {
        name: id,
        domains: ["*"],
        routes: routes.map(({ name, match, chain, metadata }, index) => {
          const text = chain && JSON.stringify(chain);
          return route({
            name: name ?? `${id}/${index}@${hash(text ?? "")}`,
            match: match ?? { prefix: "/" },
            action: { route: { cluster: id, timeout: seconds(setup.timeoutMs ?? 10_000) } },
            filters: inGatewayMode ? [id] : [],
            ...(text !== undefined && { chain: text }),
            ...(metadata && { metadata }),
          });
        }),
      },
    ],
  };
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
