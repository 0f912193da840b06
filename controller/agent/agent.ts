/**
 * The agent beside an Envoy: it follows a controller, hands what it brings to its Envoy, proves to the controller what is
 * served, and keeps all of it on disk, so that an Envoy that starts while every controller is dead serves what it served.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { reason, UserError } from "../errors.ts";
import { followFeed } from "../feed/client.ts";
import { serveFeed } from "../feed/serve.ts";
import { FeedTable } from "../feed/table.ts";
import { ResourceCache } from "../xds/cache.ts";
import { discoveryFiles, loadProtos } from "../xds/protos.ts";
import { serveAds } from "../xds/server.ts";
import { deltaWire } from "../xds/wire.ts";
import { bootstrap } from "./bootstrap.ts";
import { findEnvoy } from "./find.ts";
import { serveLocally } from "./local/service.ts";
import { observeEnvoy, type AgentObserve } from "./observe.ts";
import { openSockets } from "./local/sockets.ts";
import { attend } from "./proof/attend.ts";
import { measure } from "./proof/measure.ts";
import { Reporter } from "./proof/report.ts";
import { Journal } from "./state/journal.ts";
import { Keeper } from "./state/keeper.ts";
import { KeptFeed } from "./state/kept-feed.ts";
import { KeptResources } from "./state/kept-resources.ts";
import { limitsHere } from "./overload.ts";
import { lockFolder } from "./state/lock.ts";
import { Seal } from "./state/seal.ts";
import { superviseEnvoy, type Supervised } from "./supervise.ts";
import { readControllers, type ControllersOptions } from "./upstream/controllers.ts";
import { askControllers } from "./upstream/feed.ts";
import { followControllers, type Following } from "./upstream/follow.ts";

export interface AgentOptions extends ControllersOptions {
  /** What this gateway is called, unless its token says so. */
  nodeId: string;
  /** Where the last known good lies, and the key that seals it. */
  stateFolder: string;
  envoyPath?: string;
  adminPort?: number;
  concurrency?: number;
  /** How long an Envoy that another takes over from may take to let its requests end. */
  handoverS?: number;
  /** What becomes of what its Envoy says of requests. */
  observe?: AgentObserve;
  log?: Log;
  /** Ends the wait for a first controller, which has no end of its own. */
  signal?: AbortSignal;
}

export interface Agent {
  envoy: Supervised;
  /** One text for all that its Envoy should have. */
  version(): string;
  /** The controller that is followed; null while none answers. */
  controller(): string | null;
  metricsPort: number | null;
  /** Lets running requests end for at most `drainMs`. */
  stop(drainMs?: number): Promise<void>;
}

/** Settles when Envoy was started, which needs a controller or what is kept; nothing is left behind when it throws. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    return await start(options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: AgentOptions,
  closing: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Agent> {
  const { nodeId, log = () => {} } = options;
  const controllers = readControllers(options);
  const state = await openState(options.stateFolder, log);
  closing.push(() => state.close());
  const sockets = await openSockets(closing);

  const feed = askControllers(controllers);
  closing.push(() => feed.close());
  const following = followFeed({
    ...{ table: state.table, log },
    servers: feed.servers.map((ask) => state.feed.remembering(ask)),
    ...(state.position && { from: state.position }),
    took: (position) => state.feed.took(position),
  });
  closing.push(() => following.close());
  const local = await serveLocally(sockets.agent, serveFeed(state.table));
  closing.push(() => local.close());

  const protos = loadProtos(discoveryFiles);
  const ads = await serveAds({ protos, cache: state.cache, socket: sockets.xds, log });
  closing.push(() => ads.close());
  let firstSettled = () => {};
  const settledOnce = new Promise<void>((resolve) => (firstSettled = resolve));
  const keeper = new Keeper({ ...state, log, kept: () => reporter.release() });
  closing.push(() => keeper.close());
  const reporter: Reporter = new Reporter({
    server: ads,
    isKept: (...which) => state.resources.isKept(...which),
    send: (report) => upstream.report(report),
  });
  const upstream: Following = followControllers({
    ...{ controllers, nodeId, log },
    cache: state.cache,
    wire: deltaWire(protos),
    wholeReport: () => reporter.everything(),
    settled: () => {
      firstSettled();
      void keeper.keep();
    },
  });
  closing.push(() => upstream.close());

  // Envoy would take a part of the resources for all of them.
  if (!state.restored) await Promise.race([settledOnce, aborted(options.signal)]);
  let envoy: Supervised | null = null;
  const ask = async (path: string) => {
    const running = envoy?.current();
    if (!running) throw new Error("Envoy does not run");
    return running.admin(path);
  };
  closing.push(
    attend({
      ...{ server: ads, nodeId, ask },
      told: (...seen) => reporter.told(...seen),
      anew: () => reporter.anew(),
    }),
  );
  closing.push(
    measure({
      ask,
      wanted: upstream.wantsMeasures,
      told: (counters) => upstream.measured(counters),
    }),
  );
  const { observe = {} } = options;
  const observing = await observeEnvoy(
    observe,
    {
      admin: (path) => ask(path).catch(() => null),
      pid: () => envoy?.current()?.pid ?? null,
    },
    log,
    closing,
  );
  let drainMs = 0;
  const supervised = await superviseEnvoy({
    log,
    output: observing.take,
    path: options.envoyPath ?? (await findEnvoy({ progress: log })).path,
    bootstrap: bootstrap({
      nodeId,
      controllers: [{ socket: sockets.xds }],
      agentSocket: sockets.agent,
      ...(observe.statsd && { statsd: observe.statsd }),
      ...(options.adminPort !== undefined && { adminPort: options.adminPort }),
      ...limitsHere(),
    }),
    ...(options.concurrency && { concurrency: options.concurrency }),
    ...(options.handoverS && { handoverS: options.handoverS }),
  });
  envoy = supervised;
  closing.push(() => supervised.stop(drainMs));
  return {
    envoy: supervised,
    version: () => state.cache.digest(),
    controller: () => upstream.controller(),
    metricsPort: observing.metricsPort,
    stop: async (drain = 0) => {
      drainMs = drain;
      await close();
    },
  };
}

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new UserError("ended before a controller answered"));
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });

/** What is kept, brought back. What is damaged counts for nothing: a controller is needed then. */
async function openState(folder: string, log: Log) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder);
  try {
    return await readState(folder, log, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function readState(folder: string, log: (line: string) => void, lock: { release(): void }) {
  const seal = await Seal.at(join(folder, "key"));
  const journals = [
    new Journal(join(folder, "resources"), seal),
    new Journal(join(folder, "feed"), seal),
  ] as const;
  const cache = new ResourceCache(null);
  const table = new FeedTable();
  const resources = new KeptResources(journals[0], cache, log);
  const feed = new KeptFeed(journals[1], table, log);
  const nothing = (error: unknown) => log(`${reason(error)}; waiting for a controller`);
  const restored = await resources.restore().catch((error: unknown) => (nothing(error), false));
  const position = await feed.restore().catch((error: unknown) => (nothing(error), null));
  return {
    ...{ cache, table, resources, feed, restored, position },
    close: async () => {
      await feed.settled();
      for (const journal of journals) await journal.close();
      lock.release();
    },
  };
}
