/** Requests in great number whose clients, upstreams and services hang up at any point, and what is left of them. */
import { simulate, type Disconnect, type Gateway } from "../../host-sim/index.ts";
import { seededRandom } from "../../host-sim/state/random.ts";

export interface Left {
  leftovers: Gateway["leftovers"];
  /** Pages of the modules' memory, beyond those after the first tenth. */
  grown: number;
}

/** The module must have the policy of test/faults. */
export async function hangUps(wasm: Uint8Array, count: number): Promise<Left> {
  const gateway = await simulate({
    module: wasm,
    workers: 2,
    clusters: { slow: { delayMs: 5 } },
    upstream: ({ path }) => ({
      body: ["one", "two"],
      ...(path.startsWith("/slow") && { delayMs: 3, chunkDelayMs: 2 }),
      ...(path.endsWith("cut") && { disconnect: "mid-body" as const }),
    }),
  });
  const random = seededRandom(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const disconnects: (Disconnect | undefined)[] = [
    undefined,
    undefined,
    "after-headers",
    "after-request",
    "on-callout",
    "on-response-headers",
    "on-response-body",
    { afterChunks: 1 },
    { afterMs: 1 },
    { afterMs: 4 },
  ];
  const some = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 50) {
      const batch = Array.from({ length: 50 }, () => {
        const disconnect = pick(disconnects);
        const body = pick([undefined, "whole", ["in", "bits"]]);
        return gateway.request({
          method: body === undefined ? "GET" : "POST",
          path: pick(["/", "/cut", "/slow", "/slow/cut"]),
          headers: random() < 0.3 ? { "x-fault": pick(["call", "throw", "bounds"]) } : {},
          ...(body !== undefined && { body, chunkDelayMs: pick([0, 1]) }),
          ...(disconnect !== undefined && { disconnect }),
        });
      });
      await Promise.all(batch);
    }
  };
  const pages = (): number => gateway.memoryPages.reduce((sum, one) => sum + one, 0);
  await some(count / 10);
  const before = pages();
  await some(count - count / 10);
  // Calls outlive their streams: what is still under way comes home.
  gateway.clock.advance(60_000);
  const left = { leftovers: gateway.leftovers, grown: pages() - before };
  await gateway.close();
  return left;
}
