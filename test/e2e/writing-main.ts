/** Writes states without end, as an agent under a storm of changes does; argument: the folder. Ends by being killed. */
import { Journal } from "../../controller/agent/state/journal.ts";
import { KeptResources } from "../../controller/agent/state/kept-resources.ts";
import { Seal } from "../../controller/agent/state/seal.ts";
import { ResourceCache, versionOf } from "../../controller/xds/cache.ts";

const folder = process.argv[2]!;
const cache = new ResourceCache(null);
const journal = new Journal(`${folder}/resources`, await Seal.at(`${folder}/key`));
const kept = new KeptResources(journal, cache, (line) => {
  throw new Error(line);
});
await kept.restore();
console.log("{}");
/** A state is complete when all of its resources say the same; several change at a time, and pieces are large. */
for (let turn = 0; ; turn++) {
  const bytes = Buffer.alloc(40_000 + (turn % 7) * 1_000, `turn ${turn} ${process.pid} `);
  const resource = { bytes, version: versionOf(bytes) };
  cache.take(Array.from({ length: 5 }, (_, i) => ({ kind: "route", name: `r${i}`, resource })));
  await kept.keep();
}
