import { afterAll, beforeAll, expect, test } from "vitest";
import { restApi, startTestGateway, type TestGateway } from "./fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

test("an API that was created with ?wait is served at once, with its policies", async () => {
  const api = restApi("pets", t.upstream.port, { policies: [{ name: "tiny", version: "v1" }] });
  const created = await t.manage("POST", "/rest-apis?wait=10s", api);
  expect(created).toMatchObject({
    status: 201,
    body: { status: { id: "pets", state: "deployed" } },
  });
  const answer = await t.request("/pets/1?x=y");
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toEqual({ method: "GET", path: "/1?x=y" });
  expect(answer.headers).toContainEqual(["x-tiny", "tiny"]);
  expect(answer.headers).toContainEqual(["server", "sluice"]);
});

test("a route without policies does not run the module", async () => {
  await t.manage("POST", "/rest-apis?wait=10s", restApi("plain", t.upstream.port));
  const answer = await t.request("/plain/1");
  expect(answer.status).toBe(200);
  expect(answer.headers.map(([name]) => name)).not.toContain("x-tiny");
});

test("what no API serves is 404 as JSON, also with the wrong method", async () => {
  for (const request of [{ path: "/nothing" }, { path: "/pets/1", method: "POST" }]) {
    const answer = await t.request(request);
    expect([answer.status, answer.text]).toEqual([404, '{"error":"Not Found"}']);
    expect(answer.headers).toContainEqual(["content-type", "application/json"]);
  }
});

test("the gateway answers for its own health on every host", async () => {
  const answer = await t.request({
    path: "/_gateway-health/ready",
    headers: { host: "any.example" },
  });
  expect([answer.status, answer.text]).toEqual([200, '{"status":"ready"}']);
});

test("an API at the root is reached when no other API has the request", async () => {
  await t.manage("POST", "/rest-apis?wait=10s", restApi("root", t.upstream.port, { context: "/" }));
  const text = async (path: string) =>
    (JSON.parse((await t.request(path)).text) as { path: string }).path;
  expect(await text("/elsewhere/a")).toBe("/elsewhere/a");
  expect(await text("/")).toBe("/");
  expect(await text("/pets/7")).toBe("/7");
  await t.manage("DELETE", "/rest-apis/root");
});
