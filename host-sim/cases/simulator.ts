/** Runs cases in the simulator. */
import { Gateway } from "../gateway.ts";
import type { Runner } from "./runner.ts";

export const simulatorRunner = (): Runner => ({
  name: "simulator",
  async load(setup) {
    const gateway = await Gateway.start({ ...setup, serverName: "sluice", errors: "text" });
    return {
      async request(request) {
        const answer = await gateway.request(request);
        const { status, headers, body, text, upstream, callouts, cut } = answer;
        const logs = answer.logs.map(({ message }) => message);
        return { status, headers, body, text, upstream, callouts, logs, cut };
      },
      advance: async (ms) => gateway.clock.advance(ms),
      // The same name is the same chain to the engine.
      setChain: async (chain) => gateway.setChain(chain, `route@${JSON.stringify(chain)}`),
      metrics: async () => gateway.metrics(),
      close: () => gateway.close(),
    };
  },
});
