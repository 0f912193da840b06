/** Policies that are filters of Envoy's own, through a whole gateway. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const folder = (name: string) =>
  fileURLToPath(new URL(`../../../policies/${name}`, import.meta.url));

let t: TestGateway;
beforeAll(async () => {
  const { wasm } = await build([folder("basic-auth"), folder("fault-injection")]);
  t = await startTestGateway({ module: wasm });
});
afterAll(() => t.close());

const faulty = (params: object, more: object = {}) => ({
  name: "fault-injection",
  version: "v1",
  params,
  ...more,
});
const locked = { name: "basic-auth", version: "v1", params: { username: "ada", password: "x" } };

const deploy = async (name: string, spec: object) => {
  const api = restApi(name, t.upstream.port, spec);
  return t.manage("POST", "/rest-apis?wait=10s", api);
};

test("a failure comes from Envoy's filter, in the gateway's form, before the policies that stand in front of it", async () => {
  const policies = [locked, faulty({ abort: { status: 418 } })];
  expect(await deploy("failing", { policies })).toMatchObject({ status: 201 });
  const answer = await t.request("/failing/x");
  expect([answer.status, JSON.parse(answer.text)]).toEqual([418, { error: "Fault Injected" }]);
});

test("the other policies of the chain still run", async () => {
  await deploy("guarded", {
    policies: [locked, faulty({ abort: { status: 418, percentage: 0 } })],
  });
  expect((await t.request("/guarded/x")).status).toBe(401);
});

test("a delay is waited out, and the request goes on", async () => {
  await deploy("slow", { policies: [faulty({ delay: { durationMs: 300 } })] });
  const before = performance.now();
  expect((await t.request("/slow/x")).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThanOrEqual(290);
});

test("an operation's faults come before its API's, and headers choose requests", async () => {
  await deploy("mixed", {
    policies: [faulty({ abort: { status: 500 } })],
    operations: [
      { method: "GET", path: "/a" },
      {
        method: "GET",
        path: "/b",
        policies: [faulty({ abort: { status: 502 }, headers: [{ name: "X-Env", value: "test" }] })],
      },
    ],
  });
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await t.request({ path, headers: Object.entries(headers) })).status;
  expect(await status("/mixed/a")).toBe(500);
  expect(await status("/mixed/b")).toBe(200);
  expect(await status("/mixed/b", { "x-env": "test" })).toBe(502);
});

test("with an executionCondition it is a policy of the chain", async () => {
  const when = { executionCondition: "request.Method == 'GET'" };
  const api = { policies: [locked, faulty({ abort: { status: 418 } }, when)] };
  expect(await deploy("sometimes", api)).toMatchObject({ status: 201 });
  expect((await t.request("/sometimes/x")).status).toBe(401);
});

test("parameters that are not right are refused with their place", async () => {
  const { status, body } = await deploy("wrong", {
    policies: [faulty({ abort: { status: 42, percentage: 101 } })],
  });
  expect(status).toBe(400);
  expect(body.errors?.map(({ field }) => field)).toEqual([
    "spec.policies[0].params.abort.status",
    "spec.policies[0].params.abort.percentage",
  ]);
});
