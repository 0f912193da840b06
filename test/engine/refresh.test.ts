import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { eventually } from "../eventually.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["test/engine/refresher"])).wasm;
});

afterAll(() => envoy.close());

describe("a policy that fetches for all of its requests", () => {
  test("lets the first request wait until the answer is here, in a chain of a route", async () => {
    const gateway = await envoy.load({
      module,
      rootId: "sluice.gateway",
      chain: { policies: [{ name: "refresher", version: "v1", params: {} }] },
      clusters: { names: { status: 200, body: "ada,bob" } },
    });
    const answers = await Promise.all([1, 2, 3].map(() => gateway.request({ path: "/" })));
    for (const answer of answers) {
      expect(Object.fromEntries(answer.upstream!.headers)["x-names"]).toBe("ada|bob");
    }
    expect(gateway.callouts("names").length).toBe(1);
  });

  test("has it before the first request when it serves a whole listener", async () => {
    const gateway = await envoy.load({ module, clusters: { names: { status: 200, body: "cy" } } });
    const answer = await gateway.request({ path: "/" });
    expect(Object.fromEntries(answer.upstream!.headers)["x-names"]).toBe("cy");
  });

  test("refreshes on its tick, and requests read the latest", async () => {
    let count = 0;
    const gateway = await envoy.load({
      module,
      configuration: { everyMs: 50 },
      clusters: { names: async () => ({ status: 200, body: `n${++count}` }) },
    });
    await eventually(async () => {
      const answer = await gateway.request({ path: "/" });
      const names = Object.fromEntries(answer.upstream!.headers)["x-names"];
      if (!names || Number(names.slice(1)) < 5) throw new Error(`still ${names}`);
    });
  });

  test("wakes a request after a time", async () => {
    const gateway = await envoy.load({
      module,
      configuration: { waitMs: 30 },
      clusters: { names: { status: 200, body: "dee" } },
    });
    const start = performance.now();
    const answer = await gateway.request({ path: "/" });
    expect(answer.status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(25);
  });

  test("tells requests when the answer failed", async () => {
    const gateway = await envoy.load({ module, clusters: { names: { status: 500 } } });
    const answer = await gateway.request({ path: "/" });
    expect(answer.status).toBe(503);
  });
});
