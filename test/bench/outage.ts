/**
 * `npm run bench:outage`: all controllers are killed, then agent and Envoy too, and started again under traffic: how long
 * until the first answer, which must have the API's policies, and nothing may have been answered without them. ROUNDS
 * says how often.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../cli/build/index.ts";
import { until } from "../../controller/until.ts";
import { freePort } from "../controller/fixtures/free-port.ts";
import { restApi } from "../controller/fixtures/gateway.ts";
import { startLoad } from "../controller/fixtures/load.ts";
import { buildProcess, startController, startProcess } from "../controller/fixtures/process.ts";
import { send } from "../runners/client.ts";
import { startUpstream } from "../runners/upstream.ts";

const rounds = Number(process.env["ROUNDS"] ?? 20);
const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
const upstream = await startUpstream({ body: "up" });
const here = (file: string) => new URL(file, `file://${process.cwd()}/test/`);
const controllerFile = await buildProcess(here("controller/fixtures/process-main.ts"));
const agentFile = await buildProcess(here("e2e/agent-main.ts"));
const http = await freePort();
const store = join(folder, "gateway.db");
const controllers = [
  await startController(controllerFile.file, store, { http }),
  await startController(controllerFile.file, store, { http }),
];
const manage = async (path: string, body: string | Uint8Array<ArrayBuffer>) => {
  const url = `http://127.0.0.1:${controllers[0]!.ports.management}/api/management/v1${path}`;
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
};
const { wasm } = await build(["policies/api-key-auth", "policies/set-headers"]);
await manage("/modules?assign=true", wasm as Uint8Array<ArrayBuffer>);
const params = { response: { headers: [{ name: "x-mark", value: "marked" }] } };
const policies = [
  { name: "api-key-auth", version: "v1" },
  { name: "set-headers", version: "v1", params },
];
await manage("/rest-apis", JSON.stringify(restApi("a", upstream.port, { policies })));
const key = "a-key-that-came-from-elsewhere-0123456789";
await manage("/rest-apis/a/api-keys", JSON.stringify({ name: "key", apiKey: key }));

const options = JSON.stringify({
  ...{ nodeId: "edge-1", stateFolder: join(folder, "state"), concurrency: 1 },
  urls: controllers.map(({ ports }) => `http://127.0.0.1:${ports.xds}`).join(),
});
const start = () => startProcess(agentFile.file, [options]);
const answered = () =>
  until(async () => {
    const { status } = await send(http, { path: "/a/x", headers: { "api-key": key } });
    if (status !== 200) throw new Error(`answered ${status}`);
  }, 60_000);

let agent = await start();
await answered();
for (const controller of controllers) await controller.kill();
const outcomes = { right: 0, wrong: 0 };
// Without a key: whatever is answered must be a refusal.
const load = startLoad({
  ...{ port: http, path: "/a/x", perSecond: 100 },
  accept: (status) => {
    if (status === 401 || status === 503) outcomes.right++;
    else outcomes.wrong++;
    return null;
  },
});
const times: number[] = [];
const versions = new Set([(agent.said as { version: string }).version]);
for (let round = 0; round < rounds; round++) {
  await agent.kill();
  await until(async () => {
    const isThere = await send(http, { path: "/a/x" }).then(
      () => true,
      () => false,
    );
    if (isThere) throw new Error("the former Envoy answers still");
  }, 10_000);
  const began = performance.now();
  const starting = start();
  await answered();
  times.push(performance.now() - began);
  agent = await starting;
  versions.add((agent.said as { version: string }).version);
}
await load.stop();
await agent.kill();
times.sort((a, b) => a - b);
const at = (share: number) =>
  `${(times[Math.ceil(times.length * share) - 1]! / 1000).toFixed(2)} s`;
console.log(
  `first right answer after ${at(0.5)} (half of ${rounds}), ${at(0.95)} (95 %), ${at(1)} (all)`,
);
console.log(
  `${versions.size} revision; ${outcomes.right} refused without a key, ${outcomes.wrong} not`,
);
await upstream.close();
for (const one of [controllerFile, agentFile]) await one.remove();
await rm(folder, { recursive: true });
if (versions.size > 1 || outcomes.wrong > 0) process.exitCode = 1;
