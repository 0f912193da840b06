/** A gateway with 10,000 APIs of five routes: its cold start, what it takes, and how fast a change is served. */
import { join } from "node:path";
import { Store } from "../../../controller/store/store.ts";
import { until } from "../../../controller/until.ts";
import { percentile } from "../../controller/fixtures/load.ts";
import { startUpstream } from "../../runners/upstream.ts";
import { measureChanges, showChanges } from "./changes.ts";
import { place, runGateway, type Place, type RunningGateway } from "./command.ts";
import { document, roundHeader, type DocumentOptions } from "./documents.ts";
import { show } from "./show.ts";
import { showMemory } from "./small.ts";

const apis = Number(process.env["APIS"] ?? 10_000);
const changes = 1_000;
const changesBesideSwap = 50;
const path = "/things-4/x";

export async function large(): Promise<void> {
  const upstream = await startUpstream(() => ({ body: "hello" }));
  const here = await place();
  const options = { upstream: upstream.port, operations: 5, policies: 1 };
  const names = Array.from({ length: apis }, (_, i) => `api-${String(i).padStart(5, "0")}`);
  await (await runGateway(here)).stop();
  await fill(here, names, options);
  const gateway = await runGateway(here);
  try {
    const last = names.at(-1)!;
    const began = performance.now();
    await until(async () => {
      const { headers } = await gateway.get(`/${last}${path}`);
      if (headers[roundHeader] === undefined) throw new Error("the last API is not served");
    }, 120_000);
    const all = gateway.startedMs + performance.now() - began;
    show(`the last of ${apis} APIs served after the start of the process`, all, "ms");
    show("CPU of the controller until then", await gateway.controllerCpu(), "ms");
    await showMemory(`with ${apis} APIs of five routes`, gateway);
    const some = names.filter((_, i) => i % (apis / 10) === 0);
    const measured = await measureChanges(gateway, {
      ...{ ...options, names: some, count: changes, path },
    });
    showChanges(measured);
    await showFarthest(gateway, names[0]!, last);
    await showMemory(`after ${changes} changes`, gateway);
    await showSwap(gateway, { ...options, names: some });
    await showMemory("after a module swap", gateway);
  } finally {
    await gateway.stop();
    await upstream.close();
    await here.remove();
  }
}

/** As they would have been written through the management API, without its checks. */
async function fill({ folder }: Place, names: string[], options: DocumentOptions): Promise<void> {
  const store = await Store.open(join(folder, "gateway.db"));
  for (const handle of names)
    await store.write(
      {
        ...{ kind: "RestApi", handle, displayName: handle, version: "v1.0", deployed: true },
        source: document(handle, options),
      },
      "none",
    );
  await store.close();
}

/** All APIs are tried with the module before it serves, and changes go on beside that. */
async function showSwap(
  gateway: RunningGateway,
  options: DocumentOptions & { names: string[] },
): Promise<void> {
  const hash = await gateway.upload("another");
  const began = performance.now();
  const swap = gateway
    .manage("POST", `/modules/${hash}/assign?wait=60s`)
    .then(() => performance.now() - began);
  const measured = await measureChanges(gateway, { ...options, count: changesBesideSwap, path });
  show("a module swap, beside changes", await swap, "ms");
  show("change to served beside a swap, p50", measured.p50, "ms");
  show("change to served beside a swap, the longest", measured.p99, "ms");
}

/** Asked by turns, so that what else the machine does falls on both alike. */
async function showFarthest(gateway: RunningGateway, first: string, last: string): Promise<void> {
  const took = new Map([first, last].map((name) => [name, [] as number[]]));
  for (let i = 0; i < 2_000; i++)
    for (const [name, times] of took) {
      const began = performance.now();
      await gateway.get(`/${name}${path}`);
      times.push(performance.now() - began);
    }
  const [near, far] = [first, last].map((name) => percentile(took.get(name)!, 0.5));
  show("the last API answers later than the first by, p50", far! - near!, "ms");
}
