/** The module is built from `fixtures/rust/` by `cargo build --release --target wasm32-unknown-unknown`. */
import { expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";

const module = "test/host-sim/fixtures/rust/filter.wasm";

test("a Rust module counts, calls out and rewrites a body", async () => {
  const gateway = await simulate({
    module,
    clusters: { service: { body: "yes", delayMs: 5 } },
    upstream: { body: ["quiet ", "words"] },
  });
  const answer = await gateway.request({ path: "/ask" });
  expect(answer).toMatchObject({ status: 200, text: "QUIET WORDS" });
  expect(answer.upstream!.headers).toContainEqual(["x-answer", "yes"]);
  expect(gateway.metrics()["wasmcustom.requests"]).toBe(1);
});

test("a Rust module finds no service, and refuses a configuration", async () => {
  const gateway = await simulate({ module });
  expect(await gateway.request({ path: "/ask" })).toMatchObject({
    status: 503,
    text: "NO SERVICE",
  });
  await expect(simulate({ module, configuration: "refuse" })).rejects.toThrow(/refused/);
});
