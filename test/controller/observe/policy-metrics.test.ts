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
      { timeout: 30_000, interval: 200 },
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

test("the whole data plane's numbers have the names that dashboards of this kind of gateway ask for", async () => {
  // What was asked before is merged, too: it would be taken for what comes.
  await expect
    .poll(
      async () => {
        const of = await sums();
        return of("request_duration_seconds_count") === of("requests_total");
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBe(true);
  const before = await sums();
  expect((await t.request("/pets/1")).status).toBe(200);
  const headers: [string, string][] = [["x-fault", "assertion"]];
  expect((await t.request({ method: "POST", path: "/pets/faulty", headers })).status).toBe(500);
  expect((await t.request("/nowhere")).status).toBe(404);
  const rises = {
    ...{ requests_total: 3, request_errors_total: 1, request_duration_seconds_count: 3 },
    ...{ panic_recoveries_total: 1, route_lookup_failures_total: 1 },
  };
  await expect
    .poll(
      async () => {
        const after = await sums();
        return Object.keys(rises).map((name) => after(name) - before(name));
      },
      { timeout: 30_000, interval: 200 },
    )
    .toEqual(Object.values(rises));
  const now = await sums();
  expect([now("up"), now("xds_connection_state"), now("active_streams")]).toEqual([1, 1, 0]);
  for (const name of ['xds_updates_total{status="success"}', "memory_bytes"])
    expect(now(name), name).toBeGreaterThan(0);
  expect(now('snapshot_size{resource_type="listener"}')).toBe(1);
  expect(now('snapshot_size{resource_type="cluster"}')).toBeGreaterThan(0);
  expect(now("stream_errors_total")).toBe(0);
  expect(now('request_duration_seconds_bucket{le="+Inf"}')).toBe(
    now("request_duration_seconds_count"),
  );
});

async function sums(): Promise<(name: string) => number> {
  const lines = (await metrics()).split("\n");
  return (name) => {
    const line = lines.find((one) => one.startsWith(`policy_engine_${name} `));
    return line === undefined ? 0 : Number(line.split(" ").at(-1));
  };
}
