import { beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";

let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["policies/set-headers", "test/engine/steps"])).wasm;
});

const headers = (i: number) => ({
  name: "set-headers",
  version: "v1",
  params: { request: { headers: [{ name: `x-a${i}`, value: "1" }] } },
});
const steps = (mark: string) => ({ name: "steps", version: "v1", params: { mark } });

type Simulated = Awaited<ReturnType<typeof simulate>>;
const bytes = (gateway: Simulated): number =>
  Number(
    Object.entries(gateway.metrics()).find(([name]) => name.endsWith("sluice.memory_bytes"))?.[1],
  );

describe("the memory of a module", () => {
  test("is where it was after 30,000 requests through five policies that keep things", async () => {
    const policies = [headers(1), headers(2), headers(3), steps("a"), steps("b")];
    const gateway = await simulate({ module, chain: { policies } });
    const some = async (count: number) => {
      for (let i = 0; i < count; i++) {
        await gateway.request({ method: "POST", path: `/p${i}`, body: "x".repeat(i % 5_000) });
      }
    };
    await some(2_000);
    const warm = bytes(gateway);
    await some(30_000);
    expect(warm).toBeGreaterThan(0);
    expect(bytes(gateway)).toBe(warm);
    await gateway.close();
  });

  test("is where it was after 10,000 chains of as many routes, once as many are kept as may be", async () => {
    const gateway = await simulate({ module, chain: { policies: [headers(0)] } });
    const change = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        gateway.setChain({ policies: [headers(i)] }, `api/op${i}@0`);
        const answer = await gateway.request({ path: "/" });
        expect(answer.upstream?.headers.some(([name]) => name === `x-a${i}`)).toBe(true);
      }
    };
    await change(0, 4_500);
    const warm = bytes(gateway);
    await change(4_500, 14_500);
    expect(bytes(gateway)).toBe(warm);
    await gateway.close();
  });

  test("keeps of one route the chains of its last requests, not all that it ever had", async () => {
    const gateway = await simulate({ module, chain: { policies: [headers(0)] } });
    const change = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        gateway.setChain({ policies: [headers(i)] }, `api/op@${String(i).padStart(12, "0")}`);
        await gateway.request({ path: "/" });
      }
    };
    await change(0, 500);
    const warm = bytes(gateway);
    await change(500, 4_000);
    expect(bytes(gateway)).toBe(warm);
    await gateway.close();
  });

  test("serves two chains under one stem, however rarely one of them is asked for", async () => {
    const gateway = await simulate({ module, chain: { policies: [headers(0)] } });
    const ask = async (i: number) => {
      gateway.setChain({ policies: [headers(i)] }, `api/op@00000000000${i}`);
      const { upstream } = await gateway.request({ path: "/" });
      expect(upstream?.headers.some(([name]) => name === `x-a${i}`)).toBe(true);
    };
    for (let round = 0; round < 1_000; round++) {
      await ask(1);
      if (round % 300 === 0) await ask(2);
      if (round === 700) await ask(3);
    }
    await gateway.close();
  });
});
