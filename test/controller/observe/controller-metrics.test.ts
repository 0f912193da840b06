/** Every number that the controller gives of itself, read off a running gateway after something happened. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ ports: { https: 0 } });
  const { certificate } = makeCertificate({ commonName: "corp", authority: true, days: 10 });
  expect((await t.manage("POST", "/certificates", { name: "corp-ca", certificate })).status).toBe(
    201,
  );
  const operations = ["/a", "/b", "/c"].map((path) => ({ method: "GET", path }));
  const api = restApi("pets", t.upstream.port, { operations });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
  expect((await t.manage("POST", "/rest-apis", { kind: "RestApi" })).status).toBe(400);
  expect((await t.manage("GET", "/rest-apis/nobody's")).status).toBe(404);
});
afterAll(() => t.close());

const own = "gateway_controller_";
async function read(): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${t.gateway.ports.metrics}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at).replace(own, ""), Number(line.slice(at + 1))];
    }),
  );
}

test("what is there now is counted", async () => {
  const metrics = await read();
  const exact = {
    ...{ up: 1, apis_total: 1, llm_providers_total: 0, mcp_proxies_total: 0 },
    ...{ xds_clients_connected: 1, certificates_total: 1, concurrent_requests: 0 },
    'config_store_size{kind="RestApi"}': 1,
    'snapshot_size{kind="extension"}': 1,
    'routes_per_api_bucket{le="2"}': 0,
    'routes_per_api_bucket{le="5"}': 1,
    routes_per_api_sum: 3,
    routes_per_api_count: 1,
    translation_errors_total: 0,
  };
  expect(Object.fromEntries(Object.keys(exact).map((name) => [name, metrics.get(name)]))).toEqual(
    exact,
  );
  for (const name of ["database_size_bytes", "policies_total", 'snapshot_size{kind="route"}'])
    expect(metrics.get(name), name).toBeGreaterThan(0);
  expect(metrics.get(`info{node="${process.version}"}`)).toBe(1);
});

test("operations of the management API are counted and timed by resource and outcome", async () => {
  const metrics = await read();
  const outcome = (operation: string, end: string) =>
    metrics.get(
      `api_operations_total{resource="rest-apis",operation="${operation}",outcome="${end}"}`,
    );
  expect([
    outcome("create", "success"),
    outcome("create", "error"),
    outcome("read", "error"),
  ]).toEqual([1, 1, 1]);
  expect(metrics.get('validation_errors_total{resource="rest-apis"}')).toBe(1);
  expect(
    metrics.get('api_operation_duration_seconds_count{resource="rest-apis",operation="create"}'),
  ).toBe(2);
  const path = "/api/management/v1/rest-apis";
  expect(
    metrics.get(`http_requests_total{port="management",method="POST",path="${path}",status="201"}`),
  ).toBe(1);
  expect(metrics.get('http_request_duration_seconds_count{port="management"}')).toBeGreaterThan(3);
  // What a client asks for is never a label.
  expect([...metrics.keys()].filter((name) => name.includes("nobody"))).toEqual([]);
});

test("pushes, answers, the latency of a change and statements are counted and timed", async () => {
  const metrics = await read();
  for (const name of [
    'xds_pushes_total{kind="route"}',
    'xds_snapshot_ack_total{status="ack"}',
    "sds_updates_total",
    "snapshot_generation_total",
    "snapshot_generation_duration_seconds_count",
    'database_operations_total{operation="insert",outcome="success"}',
    'database_operation_duration_seconds_count{operation="select"}',
  ])
    expect(metrics.get(name), name).toBeGreaterThan(0);
  expect(metrics.get("deployment_latency_seconds_count")).toBe(1);
  expect(metrics.get('deployment_latency_seconds_bucket{le="10"}')).toBe(1);
  expect(metrics.get("deployment_latency_seconds_sum")).toBeGreaterThan(0);
});

test("what Envoy refuses is counted as refused, and has no latency", async () => {
  // JavaScript takes this expression; RE2, with its limit of 1,000 repetitions, does not.
  const headers = [{ name: "a", value: "b{2000}", type: "RegularExpression" }];
  const operations = [{ match: { method: "GET", path: { value: "/x" }, headers } }];
  const before = (await read()).get('xds_snapshot_ack_total{status="nack"}') ?? 0;
  const api = restApi("bad", t.upstream.port, { operations });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(202);
  const metrics = await read();
  expect(metrics.get('xds_snapshot_ack_total{status="nack"}')).toBeGreaterThan(before);
  expect(metrics.get("deployment_latency_seconds_count")).toBe(1);
});
