/**
 * Runs cases in a real Envoy: the same face as the simulator's runner. Envoy starts with the first case and serves all
 * of them, each with a listener, routes, clusters and services of its own, one case after the other.
 */
import { readFile } from "node:fs/promises";
import { CaseAgent, agentCluster, isFeedRequest, neverTaken } from "../../host-sim/cases/agent.ts";
import type { Loaded, Runner, RunnerAnswer, RunnerSetup } from "../../host-sim/cases/runner.ts";
import type { Route } from "../../host-sim/http/routes.ts";
import type { Request } from "../../host-sim/setup.ts";
import { manifestSection, readManifest } from "../modules/manifest.ts";
import { until } from "../until.ts";
import type { Change } from "../xds/cache.ts";
import type { JsonObject } from "../xds/protos.ts";
import { cluster } from "../xds/resources/cluster.ts";
import { listener, singleRoutes, type ListenerOptions } from "../xds/resources/listener.ts";
import { moduleFilter } from "../xds/resources/module.ts";
import { send } from "./client.ts";
import { startLab, type EnvoyLab, type LabOptions } from "./lab.ts";
import { machines, machinesGone, readMetrics, since } from "./metrics.ts";
import { routeTable } from "./routes.ts";
import { startService, type Service } from "./services.ts";
import { tlsListener } from "./tls-listener.ts";

export interface EnvoyRunner extends Runner {
  load(setup: RunnerSetup): Promise<LoadedEnvoy>;
  close(): Promise<void>;
}

export interface LoadedEnvoy extends Loaded {
  /** Of the plain listener. */
  port: number;
  /** Of Envoy. */
  pid: number;
}

const feedPatienceMs = 30_000;

export function envoyRunner(options: LabOptions = {}): EnvoyRunner {
  let lab: Promise<EnvoyLab> | undefined;
  let loads = 0;
  return {
    name: "envoy",
    load: async (setup) => load(await (lab ??= startLab(options)), setup, `case-${++loads}`),
    // One that did not start has told why already, and left nothing.
    close: async () => (await lab?.catch(() => null))?.close(),
  };
}

async function load(lab: EnvoyLab, setup: RunnerSetup, id: string): Promise<LoadedEnvoy> {
  const { module } = setup;
  const bytes = typeof module === "string" ? new Uint8Array(await readFile(module)) : module;
  if (setup.feed && !mayTakeFeed(bytes)) throw new Error(neverTaken);
  const routes: Route[] = setup.routes ?? [{ ...(setup.chain && { chain: setup.chain }) }];
  const agent = setup.feed ? new CaseAgent(setup.feed, setup.clusters?.[agentCluster]) : null;
  const services = await startServices(setup, routes, agent);
  const plain: ListenerOptions = {
    ...{ name: id, host: "127.0.0.1", port: 0, filters: [id], routes: singleRoutes(id) },
    errors: "text",
  };
  const changes = resources(id, { setup, bytes, routes, services, plain });
  const secure = tlsListener(lab, plain, setup.clientAuthority);
  const others = await machines(lab.envoy);
  const close = async (): Promise<void> => {
    const gone: Change[] = changes.map(({ kind, name }) => ({ kind, name, body: null }));
    await lab.push([...secure.removal(), ...gone]);
    // An old machine that still ticks would take the next case's feed, and call its services.
    await machinesGone(lab.envoy, others);
    await services.close();
  };
  const fed = (): Promise<void> =>
    until(() => {
      if (!agent?.taken) throw new Error(neverTaken);
    }, feedPatienceMs);
  try {
    await lab.push(changes);
    const port = await lab.port(id);
    const before = await readMetrics(lab.envoy);
    if (agent) await fed();
    return {
      ...{ port, pid: lab.envoy.pid, close },
      request: async (request) =>
        ask(lab, request.scheme === "https" ? await secure.port() : port, request, services),
      feed: async (entries) => {
        agent?.put(entries);
        await fed();
      },
      advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      metrics: async () => since(before, await readMetrics(lab.envoy)),
      setChain: (chain) =>
        lab.push([{ kind: "route", name: id, body: routeTable(id, [{ ...routes[0], chain }]) }]),
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** What a module of ours says of itself is not waited for; of others it is not known. */
function mayTakeFeed(bytes: Uint8Array): boolean {
  const compiled = new WebAssembly.Module(bytes as BufferSource);
  const [section] = WebAssembly.Module.customSections(compiled, manifestSection);
  return !section || readManifest(new Uint8Array(section)).feed === true;
}

interface Services {
  /** What routes lead to, in the order of the routes. */
  own: Service[];
  callees: (readonly [cluster: string, Service])[];
  close(): Promise<void>;
}

async function startServices(
  setup: RunnerSetup,
  routes: Route[],
  agent: CaseAgent | null,
): Promise<Services> {
  const own = await Promise.all(
    routes.map(({ upstream }) => startService(upstream ?? setup.upstream ?? {}, "")),
  );
  const clusters = { ...setup.clusters, ...(agent && { [agentCluster]: agent.upstream }) };
  const callees = await Promise.all(
    Object.entries(clusters).map(
      async ([name, upstream]) => [name, await startService(upstream, name)] as const,
    ),
  );
  const all = [...own, ...callees.map(([, service]) => service)];
  return {
    ...{ own, callees },
    close: async () => void (await Promise.all(all.map((service) => service.close()))),
  };
}

interface Parts {
  setup: RunnerSetup;
  bytes: Uint8Array;
  routes: Route[];
  services: Services;
  plain: ListenerOptions;
}

function resources(id: string, parts: Parts): Change[] {
  const { setup, bytes, routes, plain } = parts;
  const { own, callees } = parts.services;
  const byRoute = routes.some(({ chain }) => chain !== undefined);
  return [
    ...own.map(({ port }, i) => serviceCluster(`${id}-${i}`, port)),
    ...callees.map(([name, { port }]) => serviceCluster(name, port)),
    {
      kind: "extension",
      name: id,
      body: moduleFilter({
        ...{ name: id, bytes, vmId: id },
        rootId: byRoute ? "sluice.gateway" : "plain",
        ...(setup.configuration !== undefined && {
          configuration: setup.configuration as JsonObject | string,
        }),
      }),
    },
    { kind: "listener", name: id, body: listener(plain) },
    { kind: "route", name: id, body: routeTable(id, routes) },
  ];
}

const serviceCluster = (name: string, port: number): Change => ({
  kind: "cluster",
  name,
  body: cluster({ name, endpoints: [{ host: "127.0.0.1", port }] }),
});

async function ask(
  lab: EnvoyLab,
  port: number,
  request: Request,
  { own, callees }: Services,
): Promise<RunnerAnswer> {
  const called = callees.map(([, service]) => service);
  const seenBefore = new Map([...own, ...called].map((service) => [service, service.seen.length]));
  const logged = lab.logs.length;
  const answer = await send(port, request);
  // Envoy writes its log before it answers; this lets what it wrote be read.
  await lab.envoy.admin("/ready");
  const fresh = (services: Service[]) =>
    services.flatMap((service) => service.seen.slice(seenBefore.get(service)));
  return {
    ...answer,
    text: new TextDecoder().decode(answer.body),
    upstream: fresh(own)[0] ?? null,
    callouts: fresh(called).filter((call) => !isFeedRequest(call)),
    logs: lab.logs.slice(logged).flatMap((line) => /wasm log[^:]*: (.*)$/.exec(line)?.[1] ?? []),
  };
}
