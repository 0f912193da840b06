import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["policies/set-headers", "test/engine/steps"])).wasm;
});

afterAll(() => envoy.close());

const chain = (executionCondition: string) => ({
  policies: [
    {
      name: "set-headers",
      version: "v1",
      executionCondition,
      params: {
        request: { headers: [{ name: "x-up", value: "1" }] },
        response: { headers: [{ name: "x-down", value: "2" }] },
      },
    },
  ],
});

const request = {
  method: "POST",
  path: "/v1/pets?x=1",
  headers: [
    ["x-kind", "a"],
    ["x-kind", "b"],
  ] as [string, string][],
  body: "hello",
};

/** Did the policy run on the way in, and on the way out? */
async function ran(
  executionCondition: string,
): Promise<{ up: boolean; down: boolean; status: number }> {
  const gateway = await envoy.load({
    module,
    chain: chain(executionCondition),
    upstream: { status: 202 },
  });
  const answer = await gateway.request(request);
  const simulated = await simulate({
    module,
    chain: chain(executionCondition),
    upstream: { status: 202 },
  });
  const again = await simulated.request(request);
  const of = (one: {
    headers: [string, string][];
    upstream: { headers: [string, string][] } | null;
    status: number;
  }) => ({
    up: one.upstream?.headers.some(([name]) => name === "x-up") ?? false,
    down: one.headers.some(([name]) => name === "x-down"),
    status: one.status,
  });
  expect(of(again)).toEqual(of(answer));
  await simulated.close();
  return of(answer);
}

describe("a condition", () => {
  test.each([
    ["true", true, true],
    ["false", false, false],
    ['request.Path.startsWith("/v1/")', true, true],
    ['request.Method == "GET"', false, false],
    ['request.Headers["x-kind"][1] == "b"', true, true],
    ['"x-none" in request.Headers', false, false],
    ['processing.phase == "request_headers"', true, false],
    ['processing.phase == "response_headers" && response.ResponseStatus == 202', false, true],
    ['processing.phase == "response_headers" && response.RequestMethod == "POST"', false, true],
  ])("decides in each phase whether the policy runs: %s", async (condition, up, down) => {
    expect(await ran(condition)).toEqual({ up, down, status: 202 });
  });

  test.each(['request.Headers["x-none"][0] == "a"', "response.ResponseStatus == 202"])(
    "that cannot be evaluated ends the request: %s",
    async (condition) => {
      expect(await ran(condition)).toEqual({ up: false, down: false, status: 500 });
    },
  );

  test.each([
    ["request.Pth == 1", /Pth/],
    ["request.Path ==", /executionCondition/],
    ["request.Path", /true or false/],
  ])("that is wrong is refused when the chain is configured: %s", async (condition, message) => {
    const simulated = await simulate({ module, chain: chain(condition) });
    const answer = await simulated.request(request);
    expect(answer.status).toBe(500);
    expect(answer.logs.map((one) => one.message).join()).toMatch(message);
    await simulated.close();
  });
});
