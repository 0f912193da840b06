import { expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { play, simulatorRunner, type Case } from "../../host-sim/index.ts";

const cases: Case[] = [
  {
    name: "sets a header for the upstream",
    params: { request: { headers: [{ name: "x-team", value: "pets" }] } },
    request: { path: "/" },
    expect: { status: 200, upstream: { headers: { "x-team": "pets" } } },
  },
  {
    name: "other parameters take the place of the first",
    params: { response: { headers: [{ name: "x-a", value: "1" }] } },
    steps: [
      { request: { path: "/" }, expect: { headers: { "x-a": "1" } } },
      { params: { response: { headers: [{ name: "x-a", value: "2" }] } } },
      { advanceMs: 10 },
      {
        together: [
          { request: { path: "/1" }, expect: { headers: { "x-a": "2" } } },
          { request: { path: "/2" }, expect: { headers: { "x-a": "2" }, cut: null } },
        ],
      },
    ],
  },
  {
    name: "expects what is not so",
    params: { response: { headers: [{ name: "x-a", value: "1" }] } },
    request: { path: "/" },
    expect: { status: 404, headers: { "x-a": "2", "x-b": /./ }, upstream: null, body: { a: 1 } },
  },
  {
    name: "runs elsewhere",
    only: { runner: "envoy", because: "it is about Envoy" },
  },
];

test("cases are played, and what differs is said line by line", async () => {
  const { wasm } = await build(["policies/set-headers"]);
  const own = { name: "set-headers", version: "v1" };
  const outcomes = await Promise.all(cases.map((one) => play(one, simulatorRunner(), wasm, own)));
  expect(outcomes.map(({ result, lines }) => ({ result, lines }))).toEqual([
    { result: "passed", lines: [] },
    { result: "passed", lines: [] },
    {
      result: "failed",
      lines: [
        "status: expected 404, found 200",
        'header x-a: expected "2", found "1"',
        "header x-b: expected /./, found null",
        'body: expected JSON, found ""',
        'upstream: expected null, found "GET /"',
      ],
    },
    { result: "skipped", lines: ["it is about Envoy"] },
  ]);
});
