/**
 * What the simulator costs: requests a second through its fast path, loading a module and playing a case, all of the
 * shelf's cases, 100,000 requests with clients that hang up, and the time from a save to the answer of `ap dev`, beside
 * the build alone.
 */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "../../cli/build/index.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { runDev } from "../../cli/dev/run.ts";
import { io } from "../../cli/io.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import { until } from "../../controller/until.ts";
import { play, simulate, simulatorRunner } from "../../host-sim/index.ts";
import { restApi } from "../controller/fixtures/rest-api.ts";
import { hangUps } from "../host-sim/hang-ups.ts";
import { send } from "../runners/client.ts";

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const cpuMs = async (run: () => Promise<void>): Promise<number> => {
  const started = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
};

const header = (name: string) => ({
  policies: [
    {
      ...{ name: "set-headers", version: "v1" },
      params: { request: { headers: [{ name, value: "1" }] } },
    },
  ],
});

async function fastPath(wasm: Uint8Array): Promise<void> {
  const gateway = await simulate({ module: wasm, chain: header("x-a") });
  const count = 10_000;
  const rates: number[] = [];
  for (let run = 0; run < 11; run++) {
    const ms = await cpuMs(async () => {
      for (let i = 0; i < count; i++) await gateway.request({ path: "/" });
    });
    rates.push((count / ms) * 1000);
  }
  await gateway.close();
  console.log(
    `a header policy: ${Math.round(median(rates))} requests a second of processor time, at best ${Math.round(Math.max(...rates))}`,
  );
}

async function firstAnswer(wasm: Uint8Array): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < 11; run++) {
    const started = performance.now();
    const gateway = await simulate({ module: wasm, chain: header("x-a") });
    await gateway.request({ path: "/" });
    times.push(performance.now() - started);
    await gateway.close();
  }
  console.log(
    `load and one case: ${median(times.slice(1)).toFixed(1)} ms, the first ${times[0]!.toFixed(1)} ms`,
  );
}

async function allCases(): Promise<void> {
  const folders = await shelfFolders();
  const shelf = await Promise.all(
    folders.map(async (folder) => [folder, await loadCases(folder)] as const),
  );
  const built = performance.now();
  const { wasm, policies } = await build(folders);
  const started = performance.now();
  const versions = new Map(policies.map(({ name, version }) => [name, version.split(".")[0]]));
  let played = 0;
  const before = process.cpuUsage();
  for (const [folder, cases] of shelf)
    for (const one of cases) {
      const name = basename(folder);
      const own = { name, version: `v${versions.get(name)}` };
      const { result, lines } = await play(one, simulatorRunner(), wasm, own);
      if (result === "failed") throw new Error(`${name}: ${one.name}: ${lines.join("; ")}`);
      if (result === "passed") played++;
    }
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${played} cases of ${folders.length} policies: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor time, and ${((started - built) / 1000).toFixed(1)} s for their build`,
  );
}

async function leftBehind(): Promise<void> {
  const { wasm } = await build(["test/faults/faulty"]);
  const started = performance.now();
  const { leftovers, grown } = await hangUps(wasm, 100_000);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `100,000 requests with hang-ups in ${seconds} s leave ${JSON.stringify(leftovers)}, and ${grown} pages of memory more`,
  );
}

const marked = { method: "GET", path: "/*", policies: [{ name: "marker", version: "v1" }] };
/** YAML holds JSON. */
const api = JSON.stringify(restApi("pets", 9, { operations: [marked] }));

const source = (
  mark: string,
): string => `import { Policy, Reply, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Marker extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    return request.respond(new Reply(200).body("${mark}"));
  }
}
`;

async function saves(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const marker = join(folder, "marker");
  await cp("policies/set-headers", marker, { recursive: true });
  await writeFile(
    join(marker, "policy.yaml"),
    "name: marker\nversion: 1.0.0\ndescription: Answers.\nparameters: { type: object, additionalProperties: false }\n",
  );
  await writeFile(join(marker, "policy.ts"), source("mark 0"));
  const file = join(folder, "pets.yaml");
  await writeFile(file, api);
  let printed = "";
  const screen = io(
    (text) => void (printed += text),
    (text) => void (printed += text),
  );
  const ending = new AbortController();
  const options = { port: "0", policies: [marker], quiet: true };
  const done = runDev([file], options, screen, ending.signal);
  const port = await until(() => {
    const found = /http:\/\/localhost:(\d+)/.exec(printed)?.[1];
    if (!found) throw new Error(printed);
    return Number(found);
  }, 60_000);
  const answers: string[] = [];
  let going = true;
  const traffic = (async () => {
    while (going) {
      const { status, body } = await send(port, { path: "/pets/a" });
      answers.push(`${status} ${Buffer.from(body).toString()}`);
    }
  })();
  const answered = (mark: string) =>
    until(() => {
      if (answers.at(-1) !== `200 ${mark}`) throw new Error(`${answers.at(-1)}\n${printed}`);
    }, 60_000);
  await answered("mark 0");
  const served: number[] = [];
  const alone: number[] = [];
  for (let i = 1; i <= 9; i++) {
    const started = performance.now();
    await writeFile(join(marker, "policy.ts"), source(`mark ${i}`));
    await answered(`mark ${i}`);
    served.push(performance.now() - started);
    const building = performance.now();
    await build([marker], { target: "debug", traced: true });
    alone.push(performance.now() - building);
  }
  going = false;
  await traffic;
  ending.abort();
  await done;
  await rm(folder, { recursive: true });
  const bad = answers.filter((one) => !/^200 mark \d$/.test(one)).length;
  const [all, own] = [median(served), median(alone)];
  console.log(
    `ap dev: ${all.toFixed(0)} ms from a save to its answer, of which a build takes ${own.toFixed(0)} (${(all / own).toFixed(2)} times); ${bad} of ${answers.length} requests failed meanwhile`,
  );
}

const { wasm } = await build(["policies/set-headers"]);
await fastPath(wasm);
await firstAnswer(wasm);
await allCases();
await leftBehind();
await saves();
