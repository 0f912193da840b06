/**
 * Memory of a worker's module through many requests and many changed chains: the engine's own gauge,
 * after a warm-up and at the end. `REQUESTS` and `CHANGES` set the numbers.
 */
import { build } from "../../cli/build/index.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { chain, setHeaders, wasm } from "./filters.ts";
import { load, startBenchLab } from "./lab.ts";

const requests = Number(process.env["REQUESTS"] ?? 1_000_000);
const changes = Number(process.env["CHANGES"] ?? 10_000);
const { wasm: module } = await build(["policies/set-headers", "test/engine/steps"]);
const headers = (i: number) => ({ name: "set-headers", params: setHeaders(`x-a${i}`, `x-b${i}`) });
const steps = (mark: string) => ({ name: "steps", params: { mark } });

const gaugeOf = async (admin: (path: string) => Promise<string>): Promise<number> =>
  Number(/memory_bytes: (\d+)/.exec(await admin("/stats?filter=sluice.memory_bytes"))?.[1]);

const lab = await startBenchLab([
  {
    name: "five",
    filters: [wasm("engine", module, "sluice.gateway", null)],
    metadata: chain([headers(1), headers(2), headers(3), steps("a"), steps("b")]),
  },
]);
try {
  let done = await load(lab.ports[0] as number, 3);
  const warm = await gaugeOf(lab.admin);
  for (let rounds = 0; done < requests && rounds < 60; rounds++) {
    done += await load(lab.ports[0] as number, 10);
  }
  console.log(
    `${done} requests through five policies: ${warm} → ${await gaugeOf(lab.admin)} bytes`,
  );
} finally {
  await lab.close();
}

const envoy = envoyRunner();
try {
  const gateway = await envoy.load({ module, chain: { policies: [] } });
  const marks: number[] = [];
  for (let i = 0; i < changes; i++) {
    await gateway.chain({ policies: [{ version: "v1", ...headers(i) }] });
    await gateway.request({ path: "/" });
    if (i % Math.ceil(changes / 5) === 0) marks.push(await gaugeOf(gateway.admin));
  }
  console.log(
    `${changes} changed chains: ${marks.join(", ")}, ${await gaugeOf(gateway.admin)} bytes`,
  );
} finally {
  await envoy.close();
}
