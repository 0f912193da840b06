/**
 * What a gateway with a chain of five policies adds to the time of a request, beside a bare Envoy in front of the same
 * upstream: asked by turns, each at half of the load that the gateway can bear.
 *
 * The loader spins and Envoy and the upstream want a core: on two cores with other work, all three times grow.
 */
import { pacedLoad, quantile } from "../load/paced.ts";
import { load, median, startBenchLab } from "../lab.ts";
import { place, runGateway } from "./command.ts";
import { document } from "./documents.ts";
import { show } from "./show.ts";

const rounds = Number(process.env["ROUNDS"] ?? 15);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const headers = { "user-agent": "bench" };

export async function latency(): Promise<void> {
  const bare = await startBenchLab([{ name: "bare Envoy", filters: [] }]);
  const here = await place();
  const gateway = await runGateway(here);
  try {
    await gateway.manage(
      "POST",
      "/rest-apis?wait=10s",
      document("api", { upstream: bare.upstream }),
    );
    const sides = {
      bare: { port: bare.ports[0]!, path: "/pets", headers },
      gateway: { port: gateway.http, path: "/api/pets", headers },
    };
    const borne = async () => (await load(gateway.http, seconds, headers, "/api/pets")) / seconds;
    await borne();
    const half = (await borne()) / 2;
    show("half of what the gateway bears", half, "requests/s");
    const times = { bare: [] as Times[], gateway: [] as Times[] };
    for (let round = 0; round < rounds; round++)
      for (const side of round % 2
        ? (["gateway", "bare"] as const)
        : (["bare", "gateway"] as const))
        times[side].push(await ask({ ...sides[side], perSecond: half, seconds }));
    for (const part of ["p50", "p99"] as const) {
      const [beside, through] = [times.bare, times.gateway].map((all) =>
        all.map((one) => one[part]),
      );
      const added = through!.map((ms, round) => ms - beside![round]!);
      show(`bare Envoy at ${part}`, median(beside!), "ms");
      show(`added at ${part}, median of ${rounds} rounds`, median(added), "ms");
      const least = Math.min(...through!) - Math.min(...beside!);
      show(`added at ${part}, each side's least disturbed round`, least, "ms");
    }
  } finally {
    await gateway.stop();
    await bare.close();
    await here.remove();
  }
}

/** Milliseconds. */
interface Times {
  p50: number;
  p99: number;
}

async function ask(options: Parameters<typeof pacedLoad>[0]): Promise<Times> {
  const times = await pacedLoad(options);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
