/**
 * `npm run bench:keys`: a million API keys in a real Envoy. How long the feed takes, what it adds to the memory, and
 * what a lookup costs beside a key that stands in the policy itself.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { build } from "../../cli/build/index.ts";
import { feedHandler } from "../../controller/feed/http.ts";
import { serveFeed } from "../../controller/feed/serve.ts";
import { FeedTable } from "../../controller/feed/table.ts";
import { until } from "../../controller/until.ts";
import { FEED_FIELD, feedId, sha256Hex } from "../../host-sim/feed/words.ts";
import { chain, wasm } from "./filters.ts";
import { measure, startBenchLab, type Contestant } from "./lab.ts";

const count = Number(process.env["KEYS"] ?? 1_000_000);
const rounds = Number(process.env["ROUNDS"] ?? 5);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const { wasm: module } = await build(["policies/api-key-auth"]);

const table = new FeedTable();
const add = (i: number, raw: string): void =>
  table.put(
    feedId("key", "", sha256Hex(raw)),
    Buffer.from([`key-${i}`, "", "local", "", `user-${i % 1000}`, "", "", ""].join(FEED_FIELD)),
  );
add(0, "k");
table.markWhole();
const server = createServer(feedHandler(serveFeed(table)));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const services = { "sluice.agent": (server.address() as AddressInfo).port };

const engine = wasm("engine", module, "sluice.gateway", null);
const policy = (params: object): object =>
  chain([{ name: "api-key-auth", params: { key: "x-api-key", ...params } }]);
const looked: Contestant = { name: "looked up", filters: [engine], metadata: policy({}) };
const inline = policy({ keys: [{ name: "k", sha256: sha256Hex("k") }] });

const memory = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

const lab = await startBenchLab([looked], services);
const empty = await memory(lab.pid);
for (let i = 1; i < count; i++) add(i, `key-${i}`);
const start = performance.now();
const last = { "x-api-key": `key-${count - 1}` };
await until(async () => {
  const answer = await fetch(`http://127.0.0.1:${lab.ports[0]}/pets`, { headers: last });
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
}, 120_000);
const took = performance.now() - start;
console.log(`${count} keys: synchronised in ${(took / 1000).toFixed(1)} s`);
console.log(`Envoy: ${empty.toFixed(0)} MiB, then ${(await memory(lab.pid)).toFixed(0)} MiB`);
await lab.close();

const figures = await measure(
  [
    { name: "bare Envoy", filters: [] },
    { name: "a key in the policy", filters: [engine], metadata: inline },
    { ...looked, name: `one of ${count} keys` },
  ],
  rounds,
  seconds,
  services,
);
for (const { name, micros, ratio } of figures)
  console.log(`${name.padEnd(26)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
server.closeAllConnections();
server.close();
