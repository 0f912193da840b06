import { expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { hangUps } from "./hang-ups.ts";

// `npm run bench:sim` sends 100,000.
test("20,000 requests with random disconnects leave nothing behind", async () => {
  const { wasm } = await build(["test/faults/faulty"]);
  const { leftovers, grown } = await hangUps(wasm, 20_000);
  expect(leftovers).toEqual({ streams: 0, callouts: 0, contexts: 0, timers: 0, vms: 3 });
  expect(grown).toBe(0);
});
