import { expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate, type Disconnect } from "../../host-sim/index.ts";
import { seededRandom } from "../../host-sim/state/random.ts";

test("100,000 requests with random disconnects leave nothing behind", async () => {
  const { wasm } = await build(["test/faults/faulty"]);
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
  await some(10_000);
  const before = gateway.memoryPages;
  await some(90_000);
  // Calls outlive their streams: what is still under way comes home.
  gateway.clock.advance(60_000);
  expect(gateway.leftovers).toEqual({ streams: 0, callouts: 0, contexts: 0, timers: 0, vms: 3 });
  expect(gateway.memoryPages).toEqual(before);
  await gateway.close();
}, 120_000);
