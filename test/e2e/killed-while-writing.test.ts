import { afterAll, beforeAll, expect, test } from "vitest";
import { Journal } from "../../controller/agent/state/journal.ts";
import { KeptResources } from "../../controller/agent/state/kept-resources.ts";
import { Seal } from "../../controller/agent/state/seal.ts";
import { ResourceCache } from "../../controller/xds/cache.ts";
import { buildProcess, startProcess } from "../controller/fixtures/process.ts";
import { stateFolder } from "./fleet.ts";

let built: Awaited<ReturnType<typeof buildProcess>>;
let state: Awaited<ReturnType<typeof stateFolder>>;
beforeAll(async () => {
  built = await buildProcess(new URL("./writing-main.ts", import.meta.url));
  state = await stateFolder();
});
afterAll(async () => {
  await built.remove();
  await state.remove();
});

const kills = 200;

test(`killed at ${kills} random moments of writing, the state is whole each time`, async () => {
  const seen = new Set<string>();
  for (let i = 0; i < kills; i++) {
    const writer = await startProcess(built.file, [state.folder]);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    await writer.kill();
    const cache = new ResourceCache(null);
    const journal = new Journal(`${state.folder}/resources`, await Seal.at(`${state.folder}/key`));
    const restored = await new KeptResources(journal, cache, () => {}).restore();
    // Killed before the first state was whole: nothing is there yet.
    if (!restored && seen.size === 0) continue;
    expect(restored).toBe(true);
    const versions = new Set(cache.all().map(({ resource }) => resource!.version));
    expect([cache.all().length, versions.size]).toEqual([5, 1]);
    seen.add([...versions][0]!);
  }
  // It was killed in the middle of work, and not each time before it began.
  expect(seen.size).toBeGreaterThan(kills / 4);
}, 240_000);
