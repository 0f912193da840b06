import { expect, test } from "vitest";
import { parseUpstream, run, simulatorRunner } from "../../host-sim/index.ts";
import { tinyFilter } from "../controller/tiny-filter.ts";

test("reports each request as plain JSON", async () => {
  const setup = { module: await tinyFilter(), upstream: parseUpstream("echo") };
  const report = await run(simulatorRunner(), setup, [
    { method: "POST", path: "/a", body: "hey" },
    { method: "POST", path: "/b", body: new Uint8Array([0xff, 0xfe]) },
  ]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report).toMatchObject({
    runner: "simulator",
    requests: [
      { request: { method: "POST", path: "/a" }, status: 200, body: "hey", cut: null },
      { status: 200, body: { base64: "//4=" }, upstream: { path: "/b" } },
    ],
  });
  expect(report.requests[0]!.headers).toContainEqual(["x-tiny", "tiny"]);
});

test.each([
  ["503", { status: 503, body: "" }],
  ["200 hello", { status: 200, body: "hello" }],
  ['{"status":201,"delayMs":5}', { status: 201, delayMs: 5 }],
  ["refuse", "refuse"],
])("reads the upstream %s", (spec, expected) => {
  expect(parseUpstream(spec)).toEqual(expected);
});

test("says what an upstream may be", () => {
  expect(() => parseUpstream("nonsense")).toThrow(/expected echo, refuse, .* found "nonsense"/);
});
