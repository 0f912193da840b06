import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { play } from "../../../host-sim/cases/play.ts";
import type { Case } from "../../../host-sim/cases.ts";
import { envoyRunner } from "../../../controller/lab/runner.ts";
import { simulatorRunner } from "../../../host-sim/cases/simulator.ts";

const envoy = envoyRunner();
let module: Uint8Array;
beforeAll(async () => {
  const { wasm } = await build([
    fileURLToPath(new URL("../../../policies/set-headers", import.meta.url)),
  ]);
  module = wasm;
});
afterAll(() => envoy.close());

const params = (value: string) => ({
  request: { headers: [{ name: "x-a", value }] },
  response: { headers: [{ name: "x-b", value }] },
});

const cases: Case[] = [
  {
    name: "a header goes up and one comes back",
    params: params("1"),
    upstream: { status: 201, headers: { "x-up": ["1", "2"] }, body: ["he", "y"] },
    request: { path: "/a?b=c", method: "POST", body: "hello" },
    expect: {
      status: 201,
      headers: { "x-b": "1", "x-up": ["1", "2"] },
      body: "hey",
      upstream: { method: "POST", path: "/a?b=c", body: "hello", headers: { "x-a": "1" } },
      cut: null,
    },
  },
  {
    name: "other parameters reach the next request",
    params: params("1"),
    steps: [
      { request: { path: "/" }, expect: { headers: { "x-b": "1" } } },
      { params: params("2") },
      { request: { path: "/" }, expect: { headers: { "x-b": "2" }, callouts: [] } },
    ],
  },
  {
    name: "routes are told apart by path, method and headers, and may have no policies",
    routes: [
      {
        name: "one",
        match: { path: "/one" },
        chain: { policies: [{ name: "set-headers", version: "v1", params: params("one") }] },
      },
      {
        name: "own",
        match: { prefix: "/own", method: "GET" },
        respond: { status: 418, body: "teapot" },
        disable: true,
      },
      { name: "rest", upstream: { body: "rest" }, disable: true },
    ],
    steps: [
      { request: { path: "/one" }, expect: { headers: { "x-b": "one" } } },
      { request: { path: "/own/x" }, expect: { status: 418, body: "teapot", upstream: null } },
      { request: { path: "/x" }, expect: { body: "rest", headers: { "x-b": null } } },
    ],
  },
  {
    name: "an upstream that is not there is Envoy's own 503",
    params: params("1"),
    upstream: "refuse",
    expect: { status: 503, upstream: null, headers: { "x-b": "1" } },
  },
];

describe.each([envoy, simulatorRunner()])("on $name", (runner) => {
  test.each(cases)("$name", async (one) => {
    const outcome = await play(one, runner, module, { name: "set-headers", version: "v1" });
    expect(outcome.lines).toEqual([]);
    expect(outcome.result).toBe("passed");
  });
});
