/**
 * Tries a chain as the engine would, before any Envoy sees it: the very module runs in the simulator and gets a request.
 * Chains are lazy in Envoy, so without this a bad one would show at its first request.
 */
import type { Chain } from "../translate/chain.ts";
import { engineRootId } from "./settings.ts";

/** What the engine logs when it cannot build a chain. */
const refusal = /invalid chain: (.*)/s;

/** Null, or the engine's words. */
export async function tryChain(module: Uint8Array, chain: Chain): Promise<string | null> {
  // Loaded only when something is to be tried, which a start with what was accepted before does not.
  const { simulate } = await import("../../host-sim/index.ts");
  const gateway = await simulate({
    module,
    chain,
    rootId: engineRootId,
    upstream: { status: 204 },
  });
  try {
    const { logs } = await gateway.request({ path: "/" });
    for (const { message } of logs) {
      const [, words] = refusal.exec(message) ?? [];
      if (words !== undefined) return words;
    }
    return null;
  } finally {
    await gateway.close();
  }
}
