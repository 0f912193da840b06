/** A request's way policy by policy, in a module that is built to tell it. */
import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { build, type Built } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";
import { describeAnswer } from "../../host-sim/matchers.ts";

let traced: Built;
let shipped: Built;
const folders = ["policies/set-headers", "test/faults/faulty"];
beforeAll(async () => {
  traced = await build(folders, { target: "debug", traced: true });
  shipped = await build(folders);
});

const params = {
  request: { headers: [{ name: "x-up", value: "1" }] },
  response: { headers: [{ name: "x-down", value: "2" }] },
};
const chain = {
  policies: [
    { name: "set-headers", version: "v1", params },
    { name: "faulty", version: "v1" },
  ],
};

const ask = async (fault: string, built = traced) => {
  const gateway = await simulate({
    module: { bytes: built.wasm, map: built.map },
    chain,
    traced: true,
    clusters: { slow: {} },
  });
  const open = gateway.open({ path: "/", headers: fault ? { "x-fault": fault } : {} });
  const answer = await open.answer;
  await gateway.close();
  return { answer, steps: open.exchange.trace };
};

test("each policy has its own steps, with what it changed, in the order of the chain", async () => {
  const { steps } = await ask("");
  const told = steps.map(({ policy, callback, did }) => ({ policy, callback, did }));
  expect(told).toContainEqual({
    policy: "set-headers",
    callback: "request_headers",
    did: [expect.stringMatching(/^request headers: .*x-up/)],
  });
  expect(told).toContainEqual({
    policy: "set-headers",
    callback: "response_headers",
    did: [expect.stringMatching(/^response headers: .*x-down/)],
  });
  const inRequest = steps.filter(({ callback }) => callback === "request_headers");
  expect(inRequest.map(({ policy }) => policy)).toEqual(["set-headers", "faulty"]);
  for (const { ms } of steps) expect(ms).toBeGreaterThanOrEqual(0);
});

/** Line of the policy's source in which a fault arises. */
const lineOf = async (text: string): Promise<number> => {
  const source = await readFile("test/faults/faulty/policy.ts", "utf8");
  return source.split("\n").findIndex((line) => line.includes(text)) + 1;
};

test.each([
  ["throw", 'new Error("thrown")'],
  ["assertion", 'assert(false, "told to fail")'],
  ["bounds", "return list[at]"],
  ["division", "return a / b"],
  ["allocation", "new Uint8Array(1 << 20)"],
])("the fault %s is the policy's: by name, and by its line", async (fault, text) => {
  const { answer, steps } = await ask(fault);
  expect(answer.status).toBe(500);
  expect(answer.decidedBy).toBe("faulty");
  const step = steps.find(({ policy, did }) => policy === "faulty" && did.length > 0)!;
  const line = await lineOf(text);
  expect(step.did[0]).toMatch(new RegExp(`^fault at policies/faulty/policy\\.ts:${line}:\\d+$`));
  expect(step.did[1]).toMatch(/^error: policy faulty v1 failed: /);
  expect(describeAnswer(answer)).toContain(`fault at policies/faulty/policy.ts:${line}:`);
});

test.each(["loop", "recursion", "keep", "division"])(
  "the fault %s names its policy in the module that goes to Envoy too",
  async (fault) => {
    const { answer } = await ask(fault, shipped);
    expect(answer.status).toBe(500);
    expect(answer.decidedBy).toBe("faulty");
    expect(answer.logs.map(({ message }) => message).join()).toContain("policy faulty v1 failed: ");
    const { steps } = await ask(fault);
    expect(steps.flatMap(({ did }) => did).join()).toContain("fault at policies/faulty/policy.ts:");
  },
);

test("a pause that nothing would end is a fault with the policy's name", async () => {
  const { answer } = await ask("pause", shipped);
  expect(answer).toMatchObject({ status: 500, decidedBy: "faulty" });
  expect(answer.logs.map(({ message }) => message)).toContainEqual(
    expect.stringContaining("policy faulty v1 failed: paused without a pending call"),
  );
});
