import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ module: (await build(["test/engine/teller"])).wasm });
  const teller = { name: "teller", version: "v1", params: {} };
  const api = restApi("pets", t.upstream.port, { policies: [teller] });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
});
afterAll(() => t.close());

test("what a policy counts has its tags as labels on the metrics port", async () => {
  for (let i = 0; i < 3; i++) expect((await t.request("/pets/1")).status).toBe(200);
  const wanted = [
    'sluice_teller_requests{kind="any",zone="b"} 3',
    "sluice_teller_level{} 7",
    'sluice_teller_sizes_count{kind="any"} 3',
    'sluice_teller_sizes_bucket{kind="any",le="5"} 3',
  ];
  const metrics = async () =>
    (await fetch(`http://127.0.0.1:${t.gateway.ports.engineMetrics}/metrics`)).text();
  // Envoy merges what its workers measured once in five seconds.
  await expect
    .poll(
      async () => {
        const lines = (await metrics()).split("\n");
        return wanted.filter((line) => !lines.includes(line));
      },
      { timeout: 15_000, interval: 200 },
    )
    .toEqual([]);
});
