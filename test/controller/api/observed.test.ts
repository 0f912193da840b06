import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ accessLog: "json", configDump: true });
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
});
afterAll(() => t.close());

const keys =
  "t meth path proto respCd respFlg bytesRx bytesTx dur upSvcT xff ua reqId host upHost upProto upPath " +
  "respCdDtl connTrmDtl reqTxDur respTxDur reqDur respDur";

test("each request is one line of JSON with the keys that its readers know", async () => {
  await t.request({ path: "/a/x?y=1", headers: { host: "shop.example", "user-agent": "tests" } });
  const line = await eventually(() => {
    const found = t.logs.find((text) => text.startsWith("{") && text.includes('"/a/x"'));
    if (!found) throw new Error("the request is not in the log");
    return JSON.parse(found) as Record<string, unknown>;
  });
  expect(Object.keys(line).sort()).toEqual(keys.split(" ").sort());
  expect(line).toMatchObject({
    meth: "GET",
    // A query may hold a key.
    path: "/a/x",
    upPath: "/x",
    respCd: 200,
    ua: "tests",
    upHost: `127.0.0.1:${t.upstream.port}`,
    respCdDtl: "via_upstream",
  });
});

test("the engine's metrics port shows Envoy's statistics", async () => {
  const answer = await fetch(`http://127.0.0.1:${t.gateway.ports.engineMetrics}/metrics`);
  expect(await answer.text()).toContain("envoy_http_downstream_rq_total");
});

test("a configuration dump tells APIs, policies and how many gateways are connected, when it is switched on", async () => {
  const answer = await fetch(`http://127.0.0.1:${t.gateway.ports.admin}/api/admin/v1/config_dump`);
  expect(await answer.json()).toMatchObject({
    status: "success",
    apis: [{ id: "a", configuration: { kind: "RestApi" }, metadata: { revision: 1 } }],
    policies: [{ name: "tiny" }],
    certificates: [],
    statistics: { totalApis: 1 },
    xds_sync: { connectedGateways: 1 },
  });
});

test("what Envoy should have has one version, which changes with it and is the same for the same", async () => {
  const version = async () => {
    const answer = await fetch(`http://127.0.0.1:${t.gateway.ports.engineAdmin}/xds_sync_status`);
    return ((await answer.json()) as { policy_chain_version: string }).policy_chain_version;
  };
  const before = await version();
  await t.manage("PUT", "/rest-apis/a", restApi("a", t.upstream.port, { context: "/b" }));
  expect(await version()).not.toBe(before);
  await t.manage("PUT", "/rest-apis/a", restApi("a", t.upstream.port));
  expect(await version()).toBe(before);
});

test("the management, admin and metrics ports answer more than health only to the addresses that they are told", async () => {
  const nobody = ["192.0.2.1", "198.51.100.0/24", "2001:db8::/32"];
  const allowedIps = { management: nobody, admin: nobody, metrics: nobody, engine: nobody };
  const other = await startTestGateway({ envoy: "none", allowedIps });
  const { ports } = other.gateway;
  const status = async (port: number | null, path: string) =>
    (
      await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { "x-forwarded-for": "192.0.2.1" },
      })
    ).status;
  for (const port of [ports.admin, ports.engineAdmin])
    expect([await status(port, "/health"), await status(port, "/xds_sync_status")]).toEqual([
      200, 403,
    ]);
  for (const port of [ports.metrics, ports.engineMetrics])
    expect(await status(port, "/metrics")).toBe(403);
  expect(await status(ports.management, "/api/management/v1/rest-apis")).toBe(403);
  await other.close();
});
