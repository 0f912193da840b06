/**
 * What a gateway with a chain of five policies adds to the time of a request, beside a bare Envoy in front of the same
 * upstream: asked by turns, each at two loads. Half of what the gateway bears with sixteen connections that never rest
 * leaves Envoy's core far more than half busy, since requests that come one by one cost more than those that come together;
 * so the load at which that core is half busy is measured too.
 *
 * Two cores: one for the Envoy that is asked, one for the loader, which spins, and is the upstream too. What shares a core
 * takes turns of milliseconds: the loader's own collector and compiler took most of them, so that bare Envoy had 1.4 ms at
 * p99 where it has 0.4. Both go before whatever else wants their core, and all else runs beside Envoy, in its pauses:
 * which root alone may ask for.
 */
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setFlagsFromString } from "node:v8";
import { pacedLoad, quantile } from "../load/paced.ts";
import { smallUpstream } from "../load/upstream.ts";
import { load, median, startBenchLab } from "../lab.ts";
import { place, runGateway } from "./command.ts";
import { document } from "./documents.ts";
import { show } from "./show.ts";

const rounds = Number(process.env["ROUNDS"] ?? 15);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const headers = { "user-agent": "bench" };

export async function latency(): Promise<void> {
  const behind = await smallUpstream();
  const upstream = behind.port;
  const bare = await startBenchLab([{ name: "bare Envoy", filters: [] }], {}, { upstream });
  const here = await place();
  const gateway = await runGateway(here);
  try {
    await gateway.manage("POST", "/rest-apis?wait=10s", document("api", { upstream }));
    const sides: Record<Side, { port: number; path: string; headers: typeof headers }> = {
      none: { port: upstream, path: "/pets", headers },
      bare: { port: bare.ports[0]!, path: "/pets", headers },
      gateway: { port: gateway.http, path: "/api/pets", headers },
    };
    const workers = await Promise.all([bare.pid, gateway.pid].map(workerOf));
    ownCores([bare.pid, gateway.pid]);
    const busyAt = async (perSecond: number): Promise<number> => {
      const before = await busyMicros(workers[1]!);
      const from = performance.now();
      await pacedLoad({ ...sides.gateway, perSecond, seconds });
      return ((await busyMicros(workers[1]!)) - before) / 1_000 / (performance.now() - from);
    };
    const borne = async () => (await load(gateway.http, seconds, headers, "/api/pets")) / seconds;
    await borne();
    const half = (await borne()) / 2;
    goFirst(workers);
    let calm = half;
    for (let step = 0; step < 4; step++) calm *= 0.5 / (await busyAt(calm));
    for (const [what, perSecond] of [
      ["the load that keeps Envoy's core half busy", calm],
      ["half of what the gateway bears", half],
    ] as const) {
      show(what, perSecond, "requests/s");
      show("  of Envoy's core", await busyAt(perSecond), "");
      const times: Record<Side, Times[]> = { none: [], bare: [], gateway: [] };
      const order = Object.keys(times) as Side[];
      for (let round = 0; round < rounds; round++)
        for (const side of round % 2 ? order.toReversed() : order)
          times[side].push(await ask({ ...sides[side], perSecond, seconds }));
      for (const part of ["p50", "p99"] as const) {
        const [none, beside, through] = order.map((side) => times[side].map((one) => one[part]));
        const added = through!.map((ms, round) => ms - beside![round]!);
        show(`  without any Envoy at ${part}`, median(none!), "ms");
        show(`  bare Envoy at ${part}`, median(beside!), "ms");
        show(`  added at ${part}, median of ${rounds} rounds`, median(added), "ms");
        const least = Math.min(...through!) - Math.min(...beside!);
        show(`  added at ${part}, each side's least disturbed round`, least, "ms");
      }
    }
  } finally {
    await gateway.stop();
    await bare.close();
    behind.close();
    await here.remove();
  }
}

const run = (command: string, ...args: string[]): Buffer =>
  execFileSync(command, args, { stdio: ["ignore", "pipe", "inherit"] });

/** The thread of an Envoy that takes requests, as `/proc` has it. */
async function workerOf(pid: number): Promise<string> {
  const tasks = `/proc/${pid}/task`;
  for (const thread of await readdir(tasks)) {
    const name = await readFile(`${tasks}/${thread}/comm`, "utf8");
    if (name.startsWith("wrk:worker")) return `${tasks}/${thread}`;
  }
  throw new Error(`process ${pid} has no worker`);
}

const busyMicros = async (thread: string): Promise<number> =>
  Number((await readFile(`${thread}/schedstat`, "utf8")).split(" ")[0]) / 1_000;

/** The loader on the second core, all else that belongs to this on the first. */
function ownCores(envoys: readonly number[]): void {
  for (const pid of [...envoys, process.pid])
    run("taskset", "--all-tasks", "--cpu-list", "--pid", "0", String(pid));
  run("taskset", "--cpu-list", "--pid", "1", String(process.pid));
  // It would wait for threads that wait for Envoy.
  setFlagsFromString("--no-parallel-scavenge");
}

function goFirst(workers: readonly string[]): void {
  for (const thread of workers) run("chrt", "--fifo", "--pid", "1", basename(thread));
  run("renice", "-n", "-20", "-p", String(process.pid));
}

/** What is asked: the upstream itself shows what the loader and the machine add to all. */
type Side = "none" | "bare" | "gateway";

/** Milliseconds. */
interface Times {
  p50: number;
  p99: number;
}

async function ask(options: Parameters<typeof pacedLoad>[0]): Promise<Times> {
  const times = await pacedLoad(options);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
