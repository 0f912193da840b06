/** `npm run bench:faults`: how long a request takes that ends in a fault, beside one that does not. */
import { build } from "../../cli/build/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const rounds = Number(process.env["ROUNDS"] ?? 50);
const kinds = ["none", "loop", "recursion", "allocation", "assertion", "throw", "bounds"];

const { wasm: module } = await build(["test/faults/faulty"]);
const envoy = envoyRunner();
try {
  const gateway = await envoy.load({ module });
  const times = new Map(kinds.map((kind) => [kind, [] as number[]]));
  // One of each by turns, so that what else the machine does falls on all alike.
  for (let round = 0; round < rounds; round++)
    for (const [kind, took] of times) {
      const headers: Record<string, string> = kind === "none" ? {} : { "x-fault": kind };
      const start = performance.now();
      await gateway.request({ path: "/", headers });
      took.push(performance.now() - start);
    }
  for (const [kind, took] of times) {
    took.sort((a, b) => a - b);
    const median = took[Math.floor(rounds / 2)]!;
    console.log(
      `${kind.padEnd(12)} p50 ${median.toFixed(1)} ms, longest ${took.at(-1)!.toFixed(1)} ms`,
    );
  }
  await gateway.close();
} finally {
  await envoy.close();
}
