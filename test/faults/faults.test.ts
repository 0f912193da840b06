import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { envoyRunner, type LoadedEnvoy } from "../runners/envoy.ts";

const envoy = envoyRunner();
let gateway: LoadedEnvoy;

beforeAll(async () => {
  const { wasm } = await build(["test/faults/faulty"]);
  gateway = await envoy.load({ module: wasm, clusters: { slow: {} } });
});

afterAll(() => envoy.close());

describe("a policy that fails", () => {
  test("answers wherever its fuel ends, also while its own reply is written", async () => {
    const seen = new Set<number>();
    for (let rounds = 200_000; rounds < 600_000; rounds += 4_000) {
      const headers = { "x-fault": "tired", "x-rounds": String(rounds) };
      seen.add((await gateway.request({ path: "/", headers })).status);
    }
    expect(seen).toEqual(new Set([200, 500]));
  });

  test("takes nothing from a request that waits for a call", async () => {
    const answer = await gateway.request({ path: "/", headers: { "x-fault": "call" } });
    expect(answer.text).toBe("answered 200");
  });
});
