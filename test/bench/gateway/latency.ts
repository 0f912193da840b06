/**
 * What a gateway with a chain of five policies adds to the time of a request, beside a bare Envoy in front of the same
 * upstream: asked by turns, each at half of the load that the gateway can bear.
 *
 * Two cores: one for the Envoy that is asked, one for the loader, which spins, and is the upstream too. What shares
 * Envoy's core takes turns of milliseconds, and those would be measured.
 */
import { execFileSync } from "node:child_process";
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
    for (const pid of [bare.pid, gateway.pid]) keepOn(0, pid);
    keepOn(1, process.pid);
    const borne = async () => (await load(gateway.http, seconds, headers, "/api/pets")) / seconds;
    await borne();
    const half = (await borne()) / 2;
    show("half of what the gateway bears", half, "requests/s");
    const times: Record<Side, Times[]> = { none: [], bare: [], gateway: [] };
    const order = Object.keys(times) as Side[];
    for (let round = 0; round < rounds; round++)
      for (const side of round % 2 ? order.toReversed() : order)
        times[side].push(await ask({ ...sides[side], perSecond: half, seconds }));
    for (const part of ["p50", "p99"] as const) {
      const [none, beside, through] = order.map((side) => times[side].map((one) => one[part]));
      const added = through!.map((ms, round) => ms - beside![round]!);
      show(`without any Envoy at ${part}`, median(none!), "ms");
      show(`bare Envoy at ${part}`, median(beside!), "ms");
      show(`added at ${part}, median of ${rounds} rounds`, median(added), "ms");
      const least = Math.min(...through!) - Math.min(...beside!);
      show(`added at ${part}, each side's least disturbed round`, least, "ms");
    }
  } finally {
    await gateway.stop();
    await bare.close();
    behind.close();
    await here.remove();
  }
}

/** Of a process with all its threads; its children inherit it. */
const keepOn = (core: number, pid: number): Buffer =>
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", String(core), String(pid)]);

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
