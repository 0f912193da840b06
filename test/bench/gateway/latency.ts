/**
 * What a gateway with a chain of five policies adds to the time of a request, beside a bare Envoy in front of the same
 * upstream: asked by turns, each at half of the load that the gateway can bear. `wrk` keeps the time.
 */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { median, startBenchLab } from "../lab.ts";
import { place, runGateway } from "./command.ts";
import { document } from "./documents.ts";
import { show } from "./show.ts";

const rounds = Number(process.env["ROUNDS"] ?? 9);
const seconds = Number(process.env["SECONDS_EACH"] ?? 5);
const connections = 16;

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
    const script = join(here.folder, "load.lua");
    const ask = (url: string, perSecond: number) => load(script, url, perSecond);
    const through = `http://127.0.0.1:${gateway.http}/api/pets`;
    const beside = `http://127.0.0.1:${bare.ports[0]}/pets`;
    await ask(through, Infinity);
    const half = (await ask(through, Infinity)).perSecond / 2;
    show("half of what the gateway bears", half, "requests/s");
    const bareTimes: Times[] = [];
    const p50: number[] = [];
    const p99: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const both = new Map<string, Times>();
      for (const url of round % 2 ? [through, beside] : [beside, through])
        both.set(url, await ask(url, half));
      bareTimes.push(both.get(beside)!);
      p50.push(both.get(through)!.p50 - both.get(beside)!.p50);
      p99.push(both.get(through)!.p99 - both.get(beside)!.p99);
    }
    show("bare Envoy at p50", median(bareTimes.map((times) => times.p50)), "ms");
    show("bare Envoy at p99", median(bareTimes.map((times) => times.p99)), "ms");
    show(`added at p50, median of ${rounds} rounds`, median(p50), "ms");
    show(`added at p99, median of ${rounds} rounds`, median(p99), "ms");
  } finally {
    await gateway.stop();
    await bare.close();
    await here.remove();
  }
}

interface Times {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Each connection pauses after an answer, so that all together ask so often. */
async function load(script: string, url: string, perSecond: number): Promise<Times> {
  const pauseMs = perSecond === Infinity ? 0 : Math.max(0, (1_000 * connections) / perSecond);
  await writeFile(script, lua(pauseMs));
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, url];
  const wrk = spawn("wrk", [...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  wrk.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve, reject) => wrk.once("close", resolve).once("error", reject));
  const result = /^RESULT (.*)$/m.exec(text)?.[1];
  if (!result || /Non-2xx/.test(text)) throw new Error(text);
  const [count, micros, p50, p99] = result.split(" ").map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return { perSecond: (count / micros) * 1e6, p50: p50 / 1_000, p99: p99 / 1_000 };
}

/** A pause that varies by half keeps the connections from asking all at once. */
const lua = (pauseMs: number): string => `
wrk.headers["user-agent"] = "bench"
${pauseMs > 0 ? `function delay() return math.floor(${pauseMs} * (0.5 + math.random()) + 0.5) end` : ""}
function done(summary, latency)
  print(string.format("RESULT %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
`;
