/** Mediation in a real gateway: where requests go, and what is refused when an API is deployed. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { startUpstream, type UpstreamServer } from "../runners/upstream.ts";

let t: TestGateway;
let blue: UpstreamServer;
const names = ["dynamic-endpoint", "request-rewrite", "host-rewrite", "respond"];

const policy = (name: string, params: object) => ({ name, version: "v1", params });
const toBlue = policy("dynamic-endpoint", { targetUpstream: "blue" });
const rewrite = policy("request-rewrite", {
  pathRewrite: { type: "ReplaceFullPath", replaceFullPath: "/guarded" },
});
const host = policy("host-rewrite", { host: "blue.example" });

const api = (name: string, policies: object[]) =>
  restApi(name, t.upstream.port, {
    context: `/${name}`,
    upstream: { main: { url: `http://127.0.0.1:${t.upstream.port}`, hostRewrite: "manual" } },
    upstreamDefinitions: [
      { name: "blue", basePath: "/base", upstreams: [{ url: `http://127.0.0.1:${blue.port}` }] },
    ],
    operations: [
      { method: "POST", path: "/orders", policies },
      { method: "POST", path: "/guarded", policies: [policy("respond", { statusCode: 403 })] },
    ],
  });
const deploy = (name: string, policies: object[]) =>
  t.manage("POST", "/rest-apis?wait=10s", api(name, policies));

beforeAll(async () => {
  t = await startTestGateway({
    module: (await build(names.map((one) => join("policies", one)))).wasm,
  });
  blue = await startUpstream({ body: "blue" });
});
afterAll(async () => {
  await t.close();
  await blue.close();
});

test.each([
  ["chosen", [toBlue], "/base/orders", "localhost"],
  ["chosen-rewritten", [toBlue, rewrite, host], "/base/guarded", "blue.example"],
  ["rewritten-chosen", [rewrite, host, toBlue], "/base/guarded", "blue.example"],
])("%s: a definition is chosen whatever else is rewritten", async (name, policies, path, sent) => {
  expect((await deploy(name, policies)).body).toMatchObject({ status: { problem: null } });
  const before = blue.seen.length;
  const answer = await t.request({ method: "POST", path: `/${name}/orders`, body: "{}" });
  expect([answer.status, answer.text]).toEqual([200, "blue"]);
  expect(blue.seen[before]).toMatchObject({ path });
  expect(blue.seen[before]!.headers).toContainEqual(["host", sent]);
});

test("a definition is chosen by the body", async () => {
  const content = { jsonPath: "$.to", values: [{ value: "blue", targetUpstream: "blue" }] };
  const answer = await deploy("by-body", [policy("dynamic-endpoint", { content })]);
  expect(answer.body).toMatchObject({ status: { problem: null } });
  const send = (body: string) => t.request({ method: "POST", path: "/by-body/orders", body });
  expect((await send('{"to":"blue"}')).text).toBe("blue");
  expect((await send('{"to":"green"}')).text).not.toBe("blue");
});

test.each([
  ["nothing to choose by", {}, "spec.operations[0].policies[0].params"],
  ["a definition that is not there", { targetUpstream: "green" }, "'green' is none of this API's"],
  [
    "a definition of a rule that is not there",
    { rules: [{ condition: "true", targetUpstream: "green" }] },
    "'green' is none of this API's",
  ],
])("dynamic-endpoint is refused with %s", async (_, params, words) => {
  const answer = await deploy("refused", [policy("dynamic-endpoint", params)]);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body.errors)).toContain(words);
});

test.each([
  ["request.Pth == '/x'", "has no field `Pth`"],
  ["request.Path + 1", "executionCondition"],
  ["request.Path", "expected a value that is true or false, found string"],
  ["request.Path ==", "executionCondition"],
])("the executionCondition %s is refused on every policy", async (executionCondition, words) => {
  for (const one of [toBlue, rewrite, host, policy("respond", {})]) {
    const answer = await deploy("refused", [{ ...one, executionCondition }]);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body.errors)).toContain(words);
  }
});
