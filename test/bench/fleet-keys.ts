/**
 * `npm run bench:fleet`: a million API keys from a store through a controller and an agent, each a process of its own, to
 * a real Envoy: how long a controller takes to start, how long until the gateway knows the last key, how fast a new one
 * comes and goes beside a million others, and what all of it takes in memory. KEYS says how many.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../cli/build/index.ts";
import { Store } from "../../controller/store/store.ts";
import { until } from "../../controller/until.ts";
import { sha256Hex } from "../../host-sim/feed/words.ts";
import { freePort } from "../controller/fixtures/free-port.ts";
import { restApi } from "../controller/fixtures/gateway.ts";
import { buildProcess, startController, startProcess } from "../controller/fixtures/process.ts";
import { startUpstream } from "../runners/upstream.ts";

const count = Number(process.env["KEYS"] ?? 1_000_000);
const rounds = 20;
const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
const store = join(folder, "gateway.db");
const upstream = await startUpstream({ body: "up" });
const here = (file: string) => new URL(file, `file://${process.cwd()}/test/`);
const controllerFile = await buildProcess(here("controller/fixtures/process-main.ts"));
const agentFile = await buildProcess(here("e2e/agent-main.ts"));
const [http, xds] = [await freePort(), await freePort()];
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const memory = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
const cpu = async (pid: number): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

async function fill(): Promise<void> {
  const { db } = await Store.open(store);
  const now = new Date().toISOString();
  const row = (i: number) => ({
    ...{ uuid: `01${String(i).padStart(34, "0")}`, kind: "RestApi", handle: "a" },
    ...{
      name: `key-${i}`,
      hash: sha256Hex(`key-${i}`),
      masked: "***abcde",
      source: "local" as const,
    },
    ...{ created_by: `user-${i % 1000}`, created_at: now, updated_at: now },
  });
  await db.transaction().execute(async (trx) => {
    for (let at = 0; at < count; at += 1_000)
      await trx
        .insertInto("api_keys")
        .values(Array.from({ length: Math.min(1_000, count - at) }, (_, i) => row(at + i)))
        .execute();
  });
  await db.destroy();
}

const answers = (key: string, status: number, ms = 600_000) =>
  until(async () => {
    const headers = { "api-key": key };
    const answer = await fetch(`http://127.0.0.1:${http}/a/x`, { headers });
    if (answer.status !== status) throw new Error(`answered ${answer.status}`);
  }, ms);

/** Both processes until the given key is good; ends them after `use`. */
async function run(key: string | null, use: (fleet: Fleet) => Promise<void>): Promise<void> {
  const began = performance.now();
  const controller = await startController(controllerFile.file, store, { http, xds });
  const started = seconds(began);
  const startCpu = await cpu(controller.pid);
  const base = `http://127.0.0.1:${controller.ports.management}/api/management/v1`;
  const manage: Fleet["manage"] = async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(base + path, { method, headers, body: body ?? null });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  if (key === null) {
    const { wasm } = await build(["policies/api-key-auth"]);
    await manage("POST", "/modules?assign=true", wasm as Uint8Array<ArrayBuffer>);
    const policies = [{ name: "api-key-auth", version: "v1" }];
    await manage("POST", "/rest-apis", JSON.stringify(restApi("a", upstream.port, { policies })));
  }
  const asked = performance.now();
  const options = {
    ...{ nodeId: "edge-1", stateFolder: join(folder, "state"), concurrency: 1 },
    urls: `http://127.0.0.1:${xds}`,
  };
  const agent = await startProcess(agentFile.file, [JSON.stringify(options)]);
  await answers(key ?? "nobody", key === null ? 401 : 200);
  const synchronised = seconds(asked);
  const { envoyPid } = agent.said as { envoyPid: number };
  await use({
    manage,
    started,
    startCpu,
    synchronised,
    pids: [controller.pid, agent.pid, envoyPid],
  });
  await agent.kill();
  await controller.kill();
}

interface Fleet {
  manage(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<Record<string, unknown>>;
  started: string;
  startCpu: number;
  synchronised: string;
  pids: number[];
}

const memories = (pids: number[]) => Promise.all(pids.map(memory));
let before: number[] = [];
await run(null, async ({ pids }) => void (before = await memories(pids)));
const filling = performance.now();
await fill();
console.log(`${count} keys written in ${seconds(filling)}`);
await rm(join(folder, "state"), { recursive: true });

const middle = (times: number[]): string =>
  `${times.sort((a, b) => a - b)[times.length >> 1]!.toFixed(0)} ms (longest ${times.at(-1)!.toFixed(0)} ms)`;

await run(`key-${count - 1}`, async (fleet) => {
  const { manage, started, startCpu, synchronised, pids } = fleet;
  console.log(`a controller starts in ${started}, ${startCpu.toFixed(1)} s of CPU`);
  console.log(`from an agent's start until its Envoy takes the last key: ${synchronised}`);
  const after = await memories(pids);
  for (const [i, name] of ["controller", "agent", "Envoy"].entries())
    console.log(
      `${name}: ${before[i]!.toFixed(0)} MiB with no key, then ${after[i]!.toFixed(0)} MiB`,
    );
  const [comes, goes]: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i++) {
    const made = await manage(
      "POST",
      "/rest-apis/a/api-keys",
      JSON.stringify({ name: `new-${i}` }),
    );
    const { apiKey } = (made as { apiKey: { apiKey: string } }).apiKey;
    let at = performance.now();
    await answers(apiKey, 200);
    comes.push(performance.now() - at);
    await manage("DELETE", `/rest-apis/a/api-keys/new-${i}`);
    at = performance.now();
    await answers(apiKey, 401);
    goes.push(performance.now() - at);
  }
  console.log(
    `a new key is good after ${middle(comes)}, a revoked one refused after ${middle(goes)}`,
  );
});
// The agent has it on its disk now: what it takes to start again.
await run(`key-${count - 1}`, async ({ synchronised }) =>
  console.log(`the same with what the agent had kept: ${synchronised}`),
);
await upstream.close();
for (const one of [controllerFile, agentFile]) await one.remove();
await rm(folder, { recursive: true });
