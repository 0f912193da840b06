import { afterAll, beforeAll, expect, test } from "vitest";
import { resourceKinds } from "../../../../controller/model/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../../fixtures/gateway.ts";
import { startLoad } from "../../fixtures/load.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const many = 70;
const api = (i: number, policies: object[] = [{ name: "tiny", version: "v1" }]) =>
  restApi(`api-${i}`, t.upstream.port, {
    context: `/api/v1/c${i}`,
    policies,
    operations: [
      { method: "GET", path: "/{id}" },
      { method: "GET", path: "/plain/x" },
    ],
  });
const put = (document: object, name?: string) =>
  t.gateway.control.put(
    resourceKinds[0],
    document,
    name === undefined ? { create: true } : { replace: name, expected: "any" },
  );
const routesOf = (name: string) => t.gateway.control.resourcesOf(name).routes;

test("many APIs below one path get scopes of their own, without a failed request or one without its policies", async () => {
  await t.manage("POST", "/rest-apis?wait=10s", api(0));
  expect(routesOf("api-0")).toEqual(["segment/api"]);
  const load = startLoad({
    port: t.gateway.ports.http!,
    path: "/api/v1/c0/1",
    perSecond: 300,
    accept: (status, headers) =>
      status !== 200 ? `status ${status}` : headers["x-tiny"] ? null : "without its policies",
  });
  for (let i = 1; i < many; i++) await put(api(i));
  expect((await t.manage("PUT", "/rest-apis/api-1?wait=10s", api(1))).status).toBe(200);
  const report = await load.stop();
  expect(Object.fromEntries(report.failures)).toEqual({});
  expect(routesOf("api-0")).toEqual(["segment/api/v1/c0"]);
  for (const i of [0, many - 1]) {
    const answer = await t.request(`/api/v1/c${i}/7?q=/x`);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { method: "GET", path: "/7?q=/x" },
    ]);
    expect(answer.headers).toContainEqual(["x-tiny", "tiny"]);
  }
  expect((await t.request("/api/v1/c0/plain/x")).status).toBe(200);
  for (const path of ["/api", "/api/v1", "/api/v1/none/1", "/api/v1/c0/1/2/3/4/5/6"])
    expect([path, (await t.request(path)).status]).toEqual([path, 404]);
});

test("an API that takes every path below the crowded one joins them again, ranked behind what is more specific", async () => {
  const all = restApi("all", t.upstream.port, {
    context: "/api",
    operations: [{ method: "GET", path: "/*" }],
  });
  await t.manage("POST", "/rest-apis?wait=10s", all);
  expect(routesOf("api-0")).toEqual(["segment/api"]);
  const path = async (sent: string) =>
    (JSON.parse((await t.request(sent)).text) as { path: string }).path;
  expect(await path("/api/v1/c0/7")).toBe("/7");
  expect(await path("/api/other")).toBe("/other");
  await t.manage("DELETE", "/rest-apis/all?wait=10s");
  expect(routesOf("api-0")).toEqual(["segment/api/v1/c0"]);
  expect((await t.request("/api/other")).status).toBe(404);
  expect((await t.request("/api/v1/c0/7")).headers).toContainEqual(["x-tiny", "tiny"]);
});

test("a change below the crowded path pushes that API alone", async () => {
  expect(routesOf("api-3")).toEqual(["segment/api/v1/c3"]);
  const answer = await t.manage("PUT", "/rest-apis/api-3?wait=10s", api(3, []));
  expect(answer).toMatchObject({
    status: 200,
    body: { status: { gateways: [{ state: "serving" }] } },
  });
  expect((await t.request("/api/v1/c3/7")).status).toBe(200);
});
