/** Faults that a test puts in, and what a policy and the world make of them. */
import { beforeAll, describe, expect, test } from "vitest";
import { build, type Built } from "../../cli/build/index.ts";
import { simulate, type Setup } from "../../host-sim/index.ts";
import { probeFilter } from "./fixtures/probe.ts";

let module: Uint8Array;
let shelf: Built;
beforeAll(async () => {
  module = await probeFilter();
  shelf = await build(["policies/set-headers", "test/faults/faulty", "test/engine/sharer"]);
});

const probe = (configuration: string, setup: Partial<Setup> = {}) =>
  simulate({ module, configuration, ...setup });

const said = ({ logs }: { logs: { message: string }[] }): string[] =>
  logs.map(({ message }) => message.replace(/^PROBE /, ""));

const manyHeaders = Array.from({ length: 40 }, (_, i) => ({ name: `x-up-${i}`, value: "v" }));
const chain = {
  policies: [
    {
      ...{ name: "set-headers", version: "v1" },
      params: { request: { headers: manyHeaders } },
    },
    { name: "faulty", version: "v1" },
  ],
};

describe("a policy", () => {
  test("runs out of fuel: its request ends with its name, and others go on when there is fuel", async () => {
    // Enough for the engine's own work on a small request, and for no policy that does much.
    const fuel = 5_000;
    const gateway = await simulate({ module: shelf.wasm, chain, inject: { fuel } });
    const starved = await gateway.request({ path: "/" });
    expect(starved).toMatchObject({ status: 500, details: "policy_fault", upstream: null });
    expect(starved.decidedBy).toBe("set-headers");
    expect(said(starved).join()).toMatch(/policy set-headers v1 failed: computed for too long/);
    gateway.limitFuel(10_000_000);
    expect(await gateway.request({ path: "/" })).toMatchObject({ status: 200 });
    gateway.limitFuel(fuel);
    expect(await gateway.request({ path: "/" })).toMatchObject({ status: 500 });
    expect(gateway.leftovers).toMatchObject({ streams: 0, contexts: 0 });
    await gateway.close();
  });

  test("fails, and the VM goes on", async () => {
    const gateway = await simulate({ module: shelf.wasm, chain });
    const answer = await gateway.request({ path: "/", headers: { "x-fault": "division" } });
    expect(answer).toMatchObject({ status: 500, decidedBy: "faulty", upstream: null });
    expect(await gateway.request({ path: "/" })).toMatchObject({ status: 200 });
    await gateway.close();
  });

  test("runs out of memory, and the VM goes on", async () => {
    const inject = { memoryBytes: 2 << 20 };
    const gateway = await simulate({ module: shelf.wasm, chain, inject });
    const answer = await gateway.request({ path: "/", headers: { "x-fault": "allocation" } });
    expect(answer).toMatchObject({ status: 500, decidedBy: "faulty" });
    expect(said(answer).join()).toContain("policy faulty v1 failed: out of memory");
    expect(await gateway.request({ path: "/" })).toMatchObject({ status: 200 });
    await gateway.close();
  });

  test("loses writes of shared data against another worker, and counts right all the same", async () => {
    const count = { policies: [{ name: "sharer", version: "v1", params: { limit: 100 } }] };
    const gateway = await simulate({ module: shelf.wasm, chain: count, inject: { lostWrites: 3 } });
    const take = async (): Promise<string> => (await gateway.request({ path: "/take?ada" })).text;
    expect([await take(), await take()]).toEqual(["99", "98"]);
    expect(gateway.shared.lostWrites).toBe(0);
    await gateway.close();
  });
});

describe("any module", () => {
  test("traps in the callback that is named, once", async () => {
    const gateway = await probe("", { reload: { baseMs: 0 } });
    gateway.trapNext("response_headers");
    expect(await gateway.request({ path: "/" })).toMatchObject({ status: 503 });
    expect(await gateway.request({ path: "/" })).toMatchObject({ status: 200 });
  });

  test("loses a compare-and-swap", async () => {
    const gateway = await probe("rqh sset k|v|0\nrqh sset k|w|1");
    gateway.loseWrites(1);
    expect(said(await gateway.request({ path: "/" }))).toContain("rqh sset k|w|1 -> 8");
  });

  test("runs out of memory", async () => {
    const gateway = await probe("rqb buf 0|0|9999999", { inject: { memoryBytes: 1_048_576 } });
    const body = "x".repeat(900_000);
    const answer = await gateway.request({ method: "POST", path: "/", body });
    expect(answer.status).toBe(503);
    await expect(probe("", { inject: { memoryBytes: 1 } })).rejects.toThrow(/inject.memoryBytes/);
  });

  test("finds no cluster where the test names none", async () => {
    const gateway = await probe("rqh call nobody|:method=GET,:path=/,:authority=x||5");
    const answer = await gateway.request({ path: "/" });
    expect(said(answer).join()).toMatch(/call nobody\S* -> 2/);
    expect(answer.callouts).toEqual([]);
  });

  test("has no fuel to take, unless it is one of ap policy build", async () => {
    await expect(probe("", { inject: { fuel: 5 } })).rejects.toThrow(
      "module: its fuel cannot be limited: it is no module of ap policy build",
    );
  });
});
