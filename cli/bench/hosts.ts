/**
 * Where a case is measured: in the simulator, by this process's time, or in a real Envoy, by that process's. Both have
 * two routes, one with the case's chain and one without any, and requests choose by a header.
 */
import { Agent } from "node:http";
import { processorMicros } from "../../controller/lab/processor-time.ts";
import { send } from "../../controller/lab/client.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";
import {
  chainOf,
  simulatorRunner,
  type OwnPolicy,
  type RunnerAnswer,
} from "../../host-sim/index.ts";
import type { Case } from "../../host-sim/cases.ts";
import type { RunnerSetup } from "../../host-sim/cases/runner.ts";
import { pairsOf } from "../../host-sim/http/upstream.ts";
import type { Request } from "../../host-sim/setup.ts";
import type { Measured } from "./rounds.ts";

export interface BenchHost {
  name: "simulator" | "envoy";
  load(setup: RunnerSetup, request: Request): Promise<Contest>;
  close(): Promise<void>;
}

export interface Contest {
  bare: Measured;
  own: Measured;
  /** One request through the chain, with all that can be told of it. */
  ask(): Promise<RunnerAnswer>;
  close(): Promise<void>;
}

const chooser = "x-sluice-bench";

export function setupOf(one: Case, own: OwnPolicy, module: Uint8Array): RunnerSetup {
  return {
    module,
    routes: [
      { match: { headers: { [chooser]: "bare" } }, disable: true },
      { chain: chainOf(one, own) },
    ],
    ...(one.upstream !== undefined && { upstream: one.upstream }),
    ...(one.clusters && { clusters: one.clusters }),
    ...(one.feed && { feed: one.feed }),
  };
}

const choosing = (request: Request, route: "bare" | "own"): Request => ({
  ...request,
  headers: [...pairsOf(request.headers), [chooser, route]],
});

export function simulatorHost(): BenchHost {
  const runner = simulatorRunner();
  return {
    name: "simulator",
    load: async (setup, request) => {
      const loaded = await runner.load(setup);
      const through = (route: "bare" | "own"): Measured => {
        const chosen = choosing(request, route);
        return async (requests) => {
          const before = process.cpuUsage();
          for (let i = 0; i < requests; i++) await loaded.request(chosen);
          const { user, system } = process.cpuUsage(before);
          return user + system;
        };
      };
      const ask = () => loaded.request(choosing(request, "own"));
      return { ask, bare: through("bare"), own: through("own"), close: () => loaded.close() };
    },
    close: async () => {},
  };
}

/** Connections that ask at the same time. */
const connections = 4;

export function envoyHost(progress: (line: string) => void): BenchHost {
  const runner = envoyRunner({ progress });
  return {
    name: "envoy",
    load: async (setup, request) => {
      const loaded = await runner.load(setup);
      const agent = new Agent({ keepAlive: true, maxSockets: connections });
      const through = (route: "bare" | "own"): Measured => {
        const chosen = choosing(request, route);
        return async (requests) => {
          const before = await processorMicros(loaded.pid);
          let left = requests;
          const asking = Array.from({ length: connections }, async () => {
            while (left-- > 0) await send(loaded.port, chosen, agent);
          });
          await Promise.all(asking);
          return (await processorMicros(loaded.pid)) - before;
        };
      };
      return {
        ask: () => loaded.request(choosing(request, "own")),
        bare: through("bare"),
        own: through("own"),
        close: async () => {
          agent.destroy();
          await loaded.close();
        },
      };
    },
    close: () => runner.close(),
  };
}
