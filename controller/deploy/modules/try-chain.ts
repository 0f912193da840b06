/**
 * Tries chains as the engine would, before any Envoy sees them: the very module runs in the simulator and gets a request.
 * Chains are lazy in Envoy, so without this a bad one would show at its first request.
 */
import type { Gateway } from "../../../host-sim/index.ts";
import type { Chain } from "../../translate/chain.ts";
import { engineRootId } from "../settings.ts";

/** Null when a chain can run, or the engine's words. */
export type TryChain = (module: Uint8Array, chain: Chain) => Promise<string | null>;

/** What the engine logs when it cannot build a chain, or fails at it: then each request would end with 500. */
const refusal = /invalid chain: (.*)|policy engine failed: (.*)/s;
/** Of no use to who reads the words: that request was a trial. */
const errorId = / \(error id [^)]*\)$/;

/** A module is compiled once for so many chains, which stay in its memory. */
const chainsPerStart = 100;
/** So long it is kept for the next one. */
const keptMs = 10_000;

interface Running {
  module: Uint8Array;
  gateway: Promise<Gateway>;
  tried: number;
}

export function chainTrials(): TryChain {
  let running: Running | null = null;
  let idle: NodeJS.Timeout | undefined;

  const end = () => {
    const ended = running;
    running = null;
    ended?.gateway.then(
      (gateway) => gateway.close(),
      () => {},
    );
  };

  return async (module, chain) => {
    clearTimeout(idle);
    if (running?.module !== module || running.tried === chainsPerStart) end();
    running ??= { module, gateway: start(module), tried: 0 };
    const name = `trial-${++running.tried}`;
    try {
      const gateway = await running.gateway;
      gateway.setChain(chain, name);
      const { logs } = await gateway.request({ path: "/" });
      for (const { message } of logs) {
        const [, words, fault] = refusal.exec(message) ?? [];
        if (words !== undefined) return words.replace(errorId, "");
        if (fault !== undefined) return `cannot be built: ${fault.replace(errorId, "")}`;
      }
      return null;
    } catch (error) {
      end();
      throw error;
    } finally {
      idle = setTimeout(end, keptMs).unref();
    }
  };
}

/** Loaded only when something is to be tried, which a start with what was accepted before does not. */
async function start(module: Uint8Array): Promise<Gateway> {
  const { simulate } = await import("../../../host-sim/index.ts");
  const chain = { policies: [] };
  return simulate({ module, chain, rootId: engineRootId, upstream: { status: 204 } });
}
