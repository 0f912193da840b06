/** Runs cases in a real Envoy: the same face as `simulator.ts`. All cases of a test file share one Envoy. */
import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import type { Change } from "../../controller/xds/cache.ts";
import { until } from "../../controller/until.ts";
import type { JsonObject } from "../../controller/xds/protos.ts";
import { cluster, seconds } from "../../controller/xds/resources/cluster.ts";
import { listener, singleRoutes } from "../../controller/xds/resources/listener.ts";
import { moduleFilter } from "../../controller/xds/resources/module.ts";
import { route } from "../../controller/xds/resources/route.ts";
import { CaseAgent, agentCluster, isFeedRequest, neverTaken } from "../../host-sim/cases/agent.ts";
import type { Loaded, Runner, RunnerAnswer, RunnerSetup } from "../../host-sim/cases/runner.ts";
import type { Route, RouteMatch } from "../../host-sim/http/routes.ts";
import { pairsOf } from "../../host-sim/http/upstream.ts";
import type { Request } from "../../host-sim/setup.ts";
import { startLab, type EnvoyLab } from "./envoy-lab.ts";
import { startService, type Service } from "./services.ts";
import { pairs } from "./upstream.ts";

const feedPatienceMs = 5_000;
const drainPatienceMs = 5_000;

export function envoyCases(): Runner & { close(): Promise<void> } {
  let lab: Promise<EnvoyLab> | undefined;
  let loads = 0;
  return {
    name: "envoy",
    load: async (setup) => load(await (lab ??= startLab()), setup, `case-${++loads}`),
    close: async () => (await lab)?.close(),
  };
}

async function load(lab: EnvoyLab, setup: RunnerSetup, id: string): Promise<Loaded> {
  const bytes =
    typeof setup.module === "string" ? new Uint8Array(await readFile(setup.module)) : setup.module;
  const routes: Route[] = setup.routes ?? [{ ...(setup.chain && { chain: setup.chain }) }];
  const byRoute = routes.some(({ chain }) => chain !== undefined);
  const own = await Promise.all(
    routes.map(({ upstream }) => startService(upstream ?? setup.upstream ?? {}, "")),
  );
  const agent = setup.feed ? new CaseAgent(setup.feed, setup.clusters?.[agentCluster]) : null;
  const clusters = { ...setup.clusters, ...(agent && { [agentCluster]: agent.upstream }) };
  const callees = await Promise.all(
    Object.entries(clusters).map(
      async ([name, upstream]) => [name, await startService(upstream, name)] as const,
    ),
  );
  const services = [...own, ...callees.map(([, service]) => service)];
  const table = (current: Route[]) => routeTable(id, current);
  const changes: Change[] = [
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
    {
      kind: "listener",
      name: id,
      body: listener({
        ...{ name: id, host: "127.0.0.1", port: 0, filters: [id], routes: singleRoutes(id) },
        errors: "text",
      }),
    },
    { kind: "route", name: id, body: table(routes) },
  ];
  const others = await machines(lab);
  const close = async () => {
    await lab.push(changes.map(({ kind, name }) => ({ kind, name, body: null })));
    // An old machine that still ticks would take the next case's feed, and call its services.
    await until(async () => {
      const left = (await machines(lab)) - others;
      if (left > 0) throw new Error(`${left} of the case's machines are still there`);
    }, drainPatienceMs);
    await Promise.all(services.map((service) => service.close()));
  };
  try {
    await lab.push(changes);
    const port = await lab.port(id);
    const before = await counters(lab);
    const fed = () =>
      until(() => {
        if (!agent?.taken) throw new Error(neverTaken);
      }, feedPatienceMs);
    if (agent) await fed();
    return {
      close,
      request: (request) =>
        ask(
          lab,
          port,
          request,
          own,
          callees.map(([, service]) => service),
        ),
      feed: async (entries) => {
        agent?.put(entries);
        await fed();
      },
      advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      metrics: async () => since(before, await counters(lab)),
      setChain: (chain) =>
        lab.push([{ kind: "route", name: id, body: table([{ ...routes[0], chain }]) }]),
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

const serviceCluster = (name: string, port: number): Change => ({
  kind: "cluster",
  name,
  body: cluster({ name, endpoints: [{ host: "127.0.0.1", port }] }),
});

function routeTable(id: string, routes: Route[]): JsonObject {
  const entries = routes.map((one, i) => {
    const chain = one.chain && JSON.stringify(one.chain);
    return route({
      // The engine keeps chains by the route's name: another chain is another name.
      name: one.name ?? `${id}/${i}@${hash(chain ?? "")}`,
      match: matcher(one.match ?? {}),
      action: one.respond
        ? {
            direct_response: {
              status: one.respond.status,
              ...(one.respond.body !== undefined && { body: { inline_string: one.respond.body } }),
            },
          }
        : {
            route: {
              cluster: `${id}-${i}`,
              timeout: seconds(one.timeoutMs ?? 15_000),
              ...(one.prefixRewrite !== undefined && { prefix_rewrite: one.prefixRewrite }),
            },
          },
      filters: one.disable ? [id] : [],
      ...(chain !== undefined && { chain }),
      ...(one.metadata && { metadata: one.metadata as JsonObject }),
    });
  });
  return { name: id, virtual_hosts: [{ name: id, domains: ["*"], routes: entries }] };
}

function matcher({ path, prefix, regex, method, headers = {} }: RouteMatch): JsonObject {
  const exact = (name: string, value: string) => ({ name, string_match: { exact: value } });
  return {
    ...(path !== undefined
      ? { path }
      : regex !== undefined
        ? { safe_regex: { regex } }
        : { prefix: prefix ?? "/" }),
    headers: [
      ...(method === undefined ? [] : [exact(":method", method)]),
      ...Object.entries(headers).map(([name, value]) => exact(name, value)),
    ],
  };
}

async function ask(
  lab: EnvoyLab,
  port: number,
  request: Request,
  own: Service[],
  callees: Service[],
): Promise<RunnerAnswer> {
  const seenBefore = new Map([...own, ...callees].map((service) => [service, service.seen.length]));
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
    callouts: fresh(callees).filter((call) => !isFeedRequest(call)),
    logs: lab.logs.slice(logged).flatMap((line) => /wasm log[^:]*: (.*)$/.exec(line)?.[1] ?? []),
  };
}

type Received = Pick<RunnerAnswer, "status" | "headers" | "body" | "cut">;

/** Sends what the case says, chunk by chunk and cut off where it says so. */
function send(port: number, request: Request): Promise<Received> {
  const { body, disconnect, chunkDelayMs } = request;
  const headers = pairsOf(request.headers).map(([name, value]): [string, string] => [
    name === ":authority" ? "host" : name,
    value,
  ]);
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name);
  if (!has("host")) headers.unshift(["host", "localhost"]);
  const chunks = body === undefined ? [] : Array.isArray(body) ? body : [body];
  if (body !== undefined && !has("content-length") && !has("transfer-encoding"))
    headers.push(
      Array.isArray(body) || request.trailers
        ? ["transfer-encoding", "chunked"]
        : ["content-length", String(Buffer.byteLength(body as string))],
    );
  return new Promise((resolve) => {
    const received: Received = { status: 0, headers: [], body: new Uint8Array(), cut: null };
    const parts: Buffer[] = [];
    const finish = (cut: string | null) =>
      resolve({ ...received, body: new Uint8Array(Buffer.concat(parts)), cut });
    const call = httpRequest({
      ...{ host: "127.0.0.1", port, method: request.method ?? "GET", path: request.path },
      headers: headers.flat(),
      setHost: false,
      agent: false,
    });
    const hangUp = () => {
      (call.socket as Socket | null)?.destroy();
      finish("the client hung up");
    };
    call.on("error", (error) => finish(error.message));
    call.on("response", (response) => {
      received.status = response.statusCode!;
      received.headers = pairs(response.rawHeaders);
      if (disconnect === "on-response-headers") return hangUp();
      response.on("data", (chunk: Buffer) => {
        parts.push(chunk);
        if (disconnect === "on-response-body") hangUp();
      });
      response.on("error", (error) => finish(error.message));
      response.on("end", () => finish(null));
    });
    if (typeof disconnect === "object" && "afterMs" in disconnect)
      setTimeout(hangUp, disconnect.afterMs);
    void write();

    async function write(): Promise<void> {
      call.flushHeaders();
      if (disconnect === "after-headers") return void call.on("socket", () => setImmediate(hangUp));
      for (const [i, chunk] of chunks.entries()) {
        if (
          typeof disconnect === "object" &&
          "afterChunks" in disconnect &&
          i === disconnect.afterChunks
        )
          return hangUp();
        if (i > 0 && chunkDelayMs) await new Promise((next) => setTimeout(next, chunkDelayMs));
        if (chunk.length > 0) await new Promise<void>((next) => call.write(chunk, () => next()));
      }
      if (request.trailers) call.addTrailers(pairsOf(request.trailers));
      call.end(() => {
        if (disconnect === "after-request") setImmediate(hangUp);
      });
    }
  });
}

/** How many of Envoy's wasm machines there are. */
async function machines(lab: EnvoyLab): Promise<number> {
  const text = await lab.envoy.admin("/stats?filter=^wasm.envoy.wasm.runtime.v8.active$");
  return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
}

/** What modules counted, by the names that Envoy shows. */
async function counters(lab: EnvoyLab): Promise<Record<string, number>> {
  const { stats } = JSON.parse(await lab.envoy.admin("/stats?format=json&filter=^wasmcustom")) as {
    stats: { name?: string; value?: number }[];
  };
  return Object.fromEntries(
    stats.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? 0]])),
  );
}

/** Envoy keeps statistics for as long as it runs, over all cases. */
const since = (before: Record<string, number>, after: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
