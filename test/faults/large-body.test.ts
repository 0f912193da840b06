import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["test/engine/refresher"])).wasm;
});

afterAll(() => envoy.close());

test("a body that no policy wants waits with its request, however large it is", async () => {
  const gateway = await envoy.load({
    module,
    configuration: { waitMs: 200 },
    clusters: { names: { body: "ada" } },
  });
  const answer = await gateway.request({ method: "POST", path: "/", body: "x".repeat(2_000_000) });
  expect(answer.status).toBe(200);
  expect(answer.upstream?.body.length).toBe(2_000_000);
});
