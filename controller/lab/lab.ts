/**
 * One real Envoy for many setups: each gets a listener, routes, clusters and module filters of its own in it, because a
 * start costs more than a case. Needs nothing but the controller's xDS server and an Envoy.
 */
import { findEnvoy } from "../agent/find.ts";
import { bootstrap } from "../agent/bootstrap.ts";
import { startEnvoy, type Envoy } from "../agent/envoy.ts";
import { Hopeless, until } from "../until.ts";
import { ResourceCache, type Change } from "../xds/cache.ts";
import type { Kind } from "../xds/kinds.ts";
import { loadProtos } from "../xds/protos.ts";
import { serveAds } from "../xds/server.ts";

export interface EnvoyLab {
  envoy: Envoy;
  /** Everything Envoy has written so far. */
  logs: string[];
  /** Waits until Envoy has each resource; throws Envoy's words if it refuses one. */
  push(changes: Change[]): Promise<void>;
  /** The port of a listener that was pushed with port 0, as soon as it takes requests. */
  port(listener: string): Promise<number>;
  close(): Promise<void>;
}

/** A machine with other things to do may take long; what is refused is known at once. */
const patienceMs = 60_000;

export interface LabOptions {
  /** Worker threads; one if left out, so that what a module keeps in its memory is in one place. */
  concurrency?: number;
  /** Told what happens when an Envoy has to be fetched first. */
  progress?: (line: string) => void;
}

export async function startLab(options: LabOptions = {}): Promise<EnvoyLab> {
  const { path } = await findEnvoy(options);
  const protos = loadProtos();
  const cache = new ResourceCache(protos);
  const ads = await serveAds({ protos, cache });
  const logs: string[] = [];
  const envoy = await startEnvoy({
    path,
    bootstrap: {
      ...bootstrap({ nodeId: "lab", controllers: [{ host: "127.0.0.1", port: ads.port }] }),
      // Histograms are merged when they are asked for, not every five seconds.
      stats_flush_on_admin: true,
    },
    concurrency: options.concurrency ?? 1,
    // A listener that was taken away keeps its machines, which tick and call, until it is drained.
    drainSeconds: 0,
    logLevel: "info",
    log: (line) => logs.push(line),
  }).catch(async (error: unknown) => {
    // Or its server would keep this process alive.
    await ads.close();
    throw error;
  });

  const throwIfRefused = (kind: Kind, name: string, since: number) => {
    for (const stream of ads.streams()) {
      const refused = stream.rejection(kind, name);
      if (refused) throw new Hopeless([refused.message, ...logs.slice(since)].join("\n"));
    }
  };

  const push = async (changes: Change[]) => {
    const before = logs.length;
    cache.apply(changes);
    await until(() => {
      const [stream] = ads.streams();
      if (!stream) throw new Error("Envoy is not connected");
      for (const { kind, name, body } of changes) {
        throwIfRefused(kind, name, before);
        const wanted = body && stream.wants(kind, name) && cache.get(kind, name)?.version;
        if (wanted && stream.held(kind, name) !== wanted)
          throw new Error(`Envoy has not taken ${kind} ${name}`);
      }
    }, patienceMs);
  };

  const port = (listener: string) => {
    const before = logs.length;
    return until(async () => {
      throwIfRefused("listener", listener, before);
      const { listener_statuses } = JSON.parse(await envoy.admin("/listeners?format=json")) as {
        listener_statuses?: { name: string; local_address: SocketAddress }[];
      };
      const found = listener_statuses?.find(({ name }) => name === listener);
      if (!found) throw new Error(`Envoy does not listen on ${listener}`);
      return found.local_address.socket_address.port_value;
    }, patienceMs);
  };

  return {
    envoy,
    logs,
    push,
    port,
    close: async () => {
      await envoy.stop();
      await ads.close();
    },
  };
}

interface SocketAddress {
  socket_address: { port_value: number };
}
