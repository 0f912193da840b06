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

/** A module is started once for so many chains; a start takes 20 to 100 ms. From some 200 on each takes three times as long. */
const chainsPerStart = 200;
/** So long it is kept for the next one. */
const keptMs = 10_000;
/** The module that serves, and one that is to take its place: changes are tried with one while all is tried with the other. */
const mostModules = 2;

interface Running {
  gateway: Promise<Gateway>;
  tried: number;
  idle: NodeJS.Timeout | undefined;
}

export function chainTrials(): TryChain {
  /** The one that was used last is the last. */
  const running = new Map<Uint8Array, Running>();

  const end = (module: Uint8Array) => {
    const ended = running.get(module);
    running.delete(module);
    clearTimeout(ended?.idle);
    ended?.gateway.then(
      (gateway) => gateway.close(),
      () => {},
    );
  };

  const runningOf = (module: Uint8Array): Running => {
    const found = running.get(module);
    if (found && found.tried === chainsPerStart) end(module);
    const one = running.get(module) ?? { gateway: start(module), tried: 0, idle: undefined };
    running.delete(module);
    running.set(module, one);
    for (const other of [...running.keys()].slice(0, -mostModules)) end(other);
    return one;
  };

  return async (module, chain) => {
    const one = runningOf(module);
    clearTimeout(one.idle);
    const name = `trial-${++one.tried}`;
    try {
      const gateway = await one.gateway;
      gateway.setChain(chain, name);
      const { logs } = await gateway.request({ path: "/" });
      for (const { message } of logs) {
        const [, words, fault] = refusal.exec(message) ?? [];
        if (words !== undefined) return words.replace(errorId, "");
        if (fault !== undefined) return `cannot be built: ${fault.replace(errorId, "")}`;
      }
      return null;
    } catch (error) {
      if (running.get(module) === one) end(module);
      throw error;
    } finally {
      if (running.get(module) === one) one.idle = setTimeout(() => end(module), keptMs).unref();
    }
  };
}

/** Loaded only when something is to be tried, which a start with what was accepted before does not. */
async function start(module: Uint8Array): Promise<Gateway> {
  const { simulate } = await import("../../../host-sim/index.ts");
  const chain = { policies: [] };
  return simulate({ module, chain, rootId: engineRootId, upstream: { status: 204 } });
}
