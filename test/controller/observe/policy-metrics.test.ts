import { afterAll, beforeAll, expect, test } from "vitest";
import { join } from "node:path";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  const folders = ["test/engine/teller", "test/faults/faulty", join("policies", "respond")];
  t = await startTestGateway({ module: (await build(folders)).wasm });
  const teller = { name: "teller", version: "v1", params: {} };
  const no = { name: "respond", version: "v1", params: { statusCode: 403 } };
  const operations = [
    { method: "GET", path: "/{id}" },
    { method: "POST", path: "/no", policies: [no] },
    { method: "POST", path: "/faulty", policies: [{ name: "faulty", version: "v1" }] },
  ];
  const api = restApi("pets", t.upstream.port, { policies: [teller], operations });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
});
afterAll(() => t.close());

const metrics = async () =>
  (await fetch(`http://127.0.0.1:${t.gateway.ports.engineMetrics}/metrics`)).text();

/** Envoy merges what its workers measured once in five seconds. */
const become = (wanted: readonly string[]) =>
  expect
    .poll(
      async () => {
        const lines = (await metrics()).split("\n");
        return wanted.filter((line) => !lines.includes(line));
      },
      { timeout: 15_000, interval: 200 },
    )
    .toEqual([]);

test("what a policy counts has its tags as labels on the metrics port", async () => {
  for (let i = 0; i < 3; i++) expect((await t.request("/pets/1")).status).toBe(200);
  const wanted = [
    'sluice_teller_requests{kind="any",zone="b"} 3',
    "sluice_teller_level{} 7",
    'sluice_teller_sizes_count{kind="any"} 3',
    'sluice_teller_sizes_bucket{kind="any",le="5"} 3',
  ];
  await become(wanted);
});

test("how often each policy ran, how long, what it refused and how often it failed", async () => {
  expect((await t.request({ method: "POST", path: "/pets/no" })).status).toBe(403);
  const headers: [string, string][] = [["x-fault", "assertion"]];
  expect((await t.request({ method: "POST", path: "/pets/faulty", headers })).status).toBe(500);
  const wanted = [
    'policy_engine_policy_executions_total{policy="respond"} 1',
    'policy_engine_policy_denials_total{policy="respond"} 1',
    'policy_engine_policy_errors_total{policy="faulty"} 1',
    'policy_engine_policy_duration_seconds_count{policy="respond"} 1',
    'policy_engine_policy_duration_seconds_bucket{policy="respond",le="+Inf"} 1',
    "# TYPE policy_engine_policy_duration_seconds histogram",
  ];
  await become(wanted);
  const text = await metrics();
  const [, seconds] =
    /^policy_engine_policy_duration_seconds_sum\{policy="respond"\} (\S+)$/m.exec(text) ?? [];
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(text).toContain(
    'policy_engine_policy_duration_seconds_bucket{policy="respond",le="0.0036"}',
  );
  expect(text).toMatch(/^policy_engine_policy_executions_total\{policy="teller"\} [1-9]/m);
  expect(text).not.toContain('policy_engine_policy_denials_total{policy="teller"}');
});
