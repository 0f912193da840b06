import { describe, expect, test } from "vitest";
import { hasRestarted, readCounters, since, sum } from "../../../controller/canary/counters.ts";
import { judge } from "../../../controller/canary/judge.ts";

const of = (requests: number, failures = 0, faults = 0) => ({ requests, failures, faults });

test("Envoy's statistics become counters, whatever port and policy they are of", () => {
  const stats = [
    "http.http.downstream_rq_completed: 10",
    "http.https.downstream_rq_completed: 5",
    "http.http.downstream_rq_5xx: 2",
    "wasmcustom.sluice.faults.marker: 3",
    "wasmcustom.sluice.faults.other.one: 1",
    "http.http.downstream_rq_time: P0(nan,0) P25(nan,0)",
  ].join("\n");
  expect(readCounters(stats)).toEqual(of(15, 2, 4));
  expect(sum([of(1, 2, 3), of(4)])).toEqual(of(5, 2, 3));
  expect(since(of(1, 1, 1), of(5, 2, 1))).toEqual(of(4, 1, 0));
  expect(hasRestarted(of(5, 0, 1), of(6, 0, 0))).toBe(true);
});

describe("a module is worse", () => {
  test.each([
    ["when a policy faults, where none did", of(10, 1, 1), of(1_000)],
    ["when failures stand out, with nothing to compare", of(100, 5), of(0)],
    ["when failures stand out from what is usual", of(1_000, 40), of(2_000, 20)],
    ["when everything fails, where a third did", of(30, 30), of(60, 20)],
  ])("%s", (_, canary, usual) => {
    expect(judge(canary, usual)).toMatch(/in \d+ requests/);
  });
});

describe("a module is no worse", () => {
  test.each([
    ["when nothing came", of(0), of(0)],
    ["when few requests fail", of(100, 4), of(0)],
    ["when as many fail as without it", of(1_000, 12), of(2_000, 20)],
    ["when everything failed before", of(50, 50), of(50, 50)],
    ["when policies fault as before", of(1_000, 0, 10), of(1_000, 0, 10)],
  ])("%s", (_, canary, usual) => {
    expect(judge(canary, usual)).toBeNull();
  });
});
