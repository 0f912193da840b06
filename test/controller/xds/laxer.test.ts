/** Where a default is stricter than what users come from, the laxer value is a key away: each, in a real Envoy. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyPorts, restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { answersTo } from "../fixtures/raw.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-laxer-"));
let t: TestGateway;
let upstream: UpstreamServer;
beforeAll(async () => {
  const file = join(folder, "gateway.yaml");
  writeFileSync(
    file,
    `router:
  http_listener:
    server_header_transformation: APPEND_IF_ABSENT
    server_header_value: WSO2 API Platform
    path_with_escaped_slashes_action: KEEP_UNCHANGED
    headers_with_underscores: ALLOW
    max_headers: 200
    max_header_size_kb: 96
  upstream: { timeouts: { route_timeout_ms: 3000 } }
`,
  );
  const { store: _, ...told } = gatewayOptions(loadConfig({ file, env: {} }).config);
  t = await startTestGateway({ ...told, ports: anyPorts, accessLog: "off" });
  upstream = await startUpstream(({ path }) => ({
    ...(path.startsWith("/own") && { headers: { server: "its own" } }),
    delayMs: path === "/slow" ? 60_000 : 0,
  }));
  expect((await t.manage("POST", "/rest-apis?wait=10s", restApi("a", upstream.port))).status).toBe(
    201,
  );
});
afterAll(async () => {
  await t.close();
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const seen = () => upstream.seen.at(-1)!;

test("an escaped slash reaches the upstream as it was sent", async () => {
  expect((await t.request("/a/one%2Ftwo")).status).toBe(200);
  expect(seen().path).toBe("/one%2Ftwo");
});

test("a header with an underscore is one", async () => {
  expect((await t.request({ path: "/a/x", headers: { under_score: "1" } })).status).toBe(200);
  expect(seen().headers).toContainEqual(["under_score", "1"]);
});

test("the upstream's server is kept, and who names none has the gateway's", async () => {
  const server = async (path: string) =>
    (await t.request(path)).headers.find(([name]) => name === "server")?.[1];
  expect([await server("/a/own"), await server("/a/x")]).toEqual(["its own", "WSO2 API Platform"]);
});

test.each([
  ["150 headers", Array.from({ length: 150 }, (_, i) => `x-${i}: 1\r\n`).join("")],
  ["80 KiB of headers", `x-long: ${"a".repeat(80 * 1_024)}\r\n`],
])("%s are read, and looked for a route with", async (_, headers) => {
  const request = `GET /nothing HTTP/1.1\r\nhost: a\r\n${headers}\r\n`;
  expect((await answersTo(t.gateway.ports.http!, request)).statuses).toEqual([404]);
});

test("the gateway's own time limit holds where an API has none", async () => {
  const { status, text } = await t.request("/a/slow");
  expect([status, text]).toEqual([504, '{"error":"Gateway Timeout"}']);
});
