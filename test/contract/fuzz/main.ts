/** `npm run fuzz -- --seed 7 --count 10000`: generated requests against a running controller. */
import { parseArgs } from "node:util";
import { play } from "./play.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    count: { type: "string", default: "10000" },
  },
});
const [seed, count] = [Number(values.seed), Number(values.count)];
const { statuses, faults, heap, writes } = await play({ seed, count, told: console.log });
const mib = heap.map((bytes) => (bytes / 1_048_576).toFixed(1)).join(" ");
console.log(
  `seed ${seed}: ${count} requests, ${writes} writes, statuses ${JSON.stringify(statuses)}`,
);
console.log(`heap after collections: ${mib} MiB`);
for (const fault of faults) console.log(`FAULT ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
