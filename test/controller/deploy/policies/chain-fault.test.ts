/** What only the engine can say of policies: by the field that it is about, and before anything is stored. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  const { wasm } = await build(["policies/remove-headers", "policies/cors"]);
  t = await startTestGateway({ envoy: "none", module: wasm });
});
afterAll(() => t.close());

const fine = {
  ...{ name: "remove-headers", version: "v1" },
  params: { request: { headers: [{ name: "a" }] } },
};
const when = (executionCondition: string) => ({ ...fine, executionCondition });
const operations = (...policies: object[]) => [
  { method: "GET", path: "/a" },
  { method: "GET", path: "/b", policies },
];

test.each([
  [
    "an expression that does not end",
    { policies: [fine, when("request.Path.nothing(")] },
    "spec.policies[1].executionCondition",
    "the expression ends too early, at 21",
  ],
  [
    "an expression that is not true or false, at an operation",
    { policies: [fine], operations: operations(fine, when("1 + 1")) },
    "spec.operations[1].policies[1].executionCondition",
    "expected a value that is true or false, found int",
  ],
  [
    "a regular expression in a parameter",
    { policies: [fine, { name: "cors", version: "v1", params: { allowedOrigins: ["("] } }] },
    "spec.policies[1].params.allowedOrigins[0]",
    "`(` is not closed, at 0",
  ],
])("%s", async (_, spec, field, message) => {
  const answer = await t.manage("POST", "/rest-apis", restApi("a", 1, spec));
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ field, message }] } });
  expect((await t.manage("GET", "/rest-apis/a")).status).toBe(404);
});
