/** Runs cases in the simulator. */
import { SimulatorError } from "../errors.ts";
import { Gateway } from "../gateway.ts";
import type { Answer } from "../setup.ts";
import { CaseAgent, agentCluster, neverTaken } from "./agent.ts";
import type { MetricsView } from "../state/metrics.ts";
import type { MetricValue, Runner } from "./runner.ts";

/** Virtual time that a module has to take its feed. */
const feedPatienceMs = 10_000;

export interface SimulatorOptions {
  /** The source map of the modules that are given as bytes. */
  map?: string;
  /** Is told of each answer, with all that only the simulator knows. */
  watch?: (answer: Answer) => void;
  /** Is shown each instance of a module as it starts. */
  instance?: (exports: WebAssembly.Exports) => void;
}

export const simulatorRunner = ({ map, watch, instance }: SimulatorOptions = {}): Runner => ({
  name: "simulator",
  async load({ feed, ...setup }) {
    const agent = feed ? new CaseAgent(feed, setup.clusters?.[agentCluster]) : null;
    const clusters = { ...setup.clusters, ...(agent && { [agentCluster]: agent.upstream }) };
    const gateway = await Gateway.start({
      ...{ ...setup, clusters },
      ...(map !== undefined &&
        typeof setup.module !== "string" && { module: { bytes: setup.module, map } }),
      ...{ serverName: "sluice", errors: "text" },
      ...(instance && { instance }),
    });
    const fed = (): void => {
      const deadline = gateway.clock.now + feedPatienceMs;
      while (agent && !agent.taken && (gateway.clock.next ?? Infinity) < deadline)
        gateway.clock.step();
      if (!agent?.taken) throw new SimulatorError(neverTaken);
    };
    if (agent) fed();
    return {
      async request(request) {
        const answer = await gateway.request(request);
        watch?.(answer);
        const { status, headers, body, text, upstream, callouts, cut } = answer;
        const logs = answer.logs.map(({ message }) => message);
        return { status, headers, body, text, upstream, callouts, logs, cut };
      },
      advance: async (ms) => gateway.clock.advance(ms),
      feed: async (entries) => {
        agent?.put(entries);
        fed();
      },
      // The same name is the same chain to the engine.
      setChain: async (chain) => gateway.setChain(chain, `route@${JSON.stringify(chain)}`),
      metrics: async () => ownMetrics(gateway.metrics()),
      close: () => gateway.close(),
    };
  },
});

/** What modules counted, without what Envoy counts of them. */
const ownMetrics = (all: MetricsView): Record<string, MetricValue> =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.startsWith("wasmcustom."))
      .map(([name, value]) => [name, Array.isArray(value) ? { count: value.length } : value]),
  );
