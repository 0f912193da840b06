/** `ap policy run`: the same JSON from both hosts. */
import { runModule, type RunOptions } from "../../cli/cases/run.ts";
import { io } from "../../cli/io.ts";
import { probeFilter } from "../host-sim/fixtures/probe.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const quiet = io(
  () => {},
  () => {},
);
let folder: string;
let probe: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-run-"));
  probe = join(folder, "probe.wasm");
  await writeFile(probe, await probeFilter());
});
afterAll(() => rm(folder, { recursive: true }));

const options = (given: Partial<RunOptions>): RunOptions => ({
  ...{ config: "", request: [], header: [], upstream: "echo" },
  ...given,
});

/** Dates, durations, random ids and the machine's own address differ from run to run. */
const volatile = /^(date|x-request-id|x-forwarded-for|x-envoy-upstream-service-time)$/;

const masked = (report: object): unknown =>
  JSON.parse(JSON.stringify(report), (key, value: unknown) => {
    if (key === "runner") return "";
    if (!Array.isArray(value) || value.length !== 2) return value;
    return volatile.test(String(value[0])) ? [value[0], ""] : value;
  });

const headers = `{"request":{"headers":[{"name":"x-a","value":"1"}]}}`;
const script = [
  ...["rqh log hello", "rqh met 0|c", "rqh inc 0|3", "rqh met 2|h", "rqh met 1|g"],
  ...["rsh rec 2|7", "rsh rec 1|5"],
].join("\n");

test.each<[string, Partial<RunOptions> & { module?: string }]>([
  ["a policy's folder", { config: headers, data: "hey" }],
  ["another upstream", { config: headers, upstream: '{"status":201,"body":"x"}' }],
  ["an upstream that refuses", { config: headers, upstream: "refuse" }],
  ["any module, its logs and metrics", { module: "probe", data: "hey" }],
])("%s gives the same JSON in the simulator and in Envoy", async (_, { module, ...given }) => {
  const file = module === "probe" ? probe : "policies/set-headers";
  if (module === "probe") await writeFile((given.config = join(folder, "script")), script);
  const asked = options({ request: ["POST /x?y=z", "GET /"], header: ["x-k: v"], ...given });
  const simulated = await runModule(file, asked, quiet);
  const real = await runModule(file, { ...asked, envoy: true }, quiet);
  expect(real.runner).toBe("envoy");
  expect(masked(real)).toEqual(masked(simulated));
  expect(real.requests).toHaveLength(2);
});
