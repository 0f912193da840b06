import { afterAll, beforeAll, expect, test } from "vitest";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const users = [{ username: "root", password: "root's password", roles: ["admin" as const] }];
const authorization = `Basic ${Buffer.from("root:root's password").toString("base64")}`;
beforeAll(async () => {
  t = await startTestGateway({ users });
});
afterAll(() => t.close());

const health = (path: string, headers: Record<string, string> = {}) =>
  t.manage("GET", `http://127.0.0.1:${t.gateway.ports.admin}${path}`, undefined, headers);

test("live and ready answer everybody, the detail an admin", async () => {
  expect(await health("/health/live")).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await health("/api/admin/v1/health/ready")).toMatchObject({
    status: 200,
    body: { status: "ready" },
  });
  expect(await health("/health/detail")).toMatchObject({
    status: 401,
    body: { code: "skip_authz" },
  });
  expect(await health("/health/detail", { authorization })).toMatchObject({
    status: 200,
    body: {
      status: "healthy",
      checks: {
        database: { status: "healthy" },
        cache: {},
        upstream_services: { status: "healthy" },
      },
    },
  });
});

test("an upstream without a healthy host shows", async () => {
  const definition = {
    name: "gone",
    upstreams: [{ url: "http://127.0.0.1:1" }],
    settings: {
      healthCheck: { path: "/", interval: "100ms", timeout: "100ms", unhealthyThreshold: 1 },
    },
  };
  const api = restApi("sick", 1, {
    upstreamDefinitions: [definition],
    upstream: { main: { ref: "gone" } },
  });
  expect((await t.manage("POST", "/rest-apis", api, { authorization })).status).toBe(201);
  await expect
    .poll(async () => (await health("/health/detail", { authorization })).body, { timeout: 30_000 })
    .toMatchObject({ status: "degraded", checks: { upstream_services: { status: "degraded" } } });
  expect((await health("/health/ready")).status).toBe(200);
});

test("without its Envoy a gateway is alive and not ready", async () => {
  await t.gateway.envoy!.stop();
  await expect
    .poll(async () => (await health("/health/ready")).status, { timeout: 30_000 })
    .toBe(503);
  expect((await health("/health/live")).status).toBe(200);
  expect((await health("/health/detail", { authorization })).status).toBe(503);
});
