import { afterAll, beforeAll, expect, test } from "vitest";
import { Journal } from "../../controller/agent/state/journal.ts";
import { KeptFeed } from "../../controller/agent/state/kept-feed.ts";
import { KeptResources } from "../../controller/agent/state/kept-resources.ts";
import { Seal } from "../../controller/agent/state/seal.ts";
import { FeedTable } from "../../controller/feed/table.ts";
import { ResourceCache } from "../../controller/xds/cache.ts";
import { feedId } from "../../host-sim/feed.ts";
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

/** `npm run kills` has 200. */
const kills = Number(process.env["KILLS"] ?? 40);

/** What both files have; null for one that was never whole yet. Throws when one is damaged. */
async function restored(): Promise<{ resources: string[] | null; records: string[] | null }> {
  const seal = await Seal.at(`${state.folder}/key`);
  const cache = new ResourceCache(null);
  const journal = new Journal(`${state.folder}/resources`, seal);
  const isThere = await new KeptResources(journal, cache, () => {}).restore();
  const table = new FeedTable();
  const feed = new KeptFeed(new Journal(`${state.folder}/feed`, seal), table, () => {});
  const position = await feed.restore();
  return {
    resources: isThere ? cache.all().map(({ resource }) => resource!.version) : null,
    records:
      position && Array.from({ length: 5 }, (_, i) => String(table.get(feedId("secret", `s${i}`)))),
  };
}

test(`killed at ${kills} random moments of writing, what is kept is whole each time`, async () => {
  const seen = { resources: new Set<string>(), records: new Set<string>() };
  for (let i = 0; i < kills; i++) {
    const writer = await startProcess(built.file, [state.folder]);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
    await writer.kill();
    const found = await restored();
    for (const what of ["resources", "records"] as const) {
      const texts = found[what];
      // Killed before the first state was whole: nothing is there yet.
      if (texts === null && seen[what].size === 0) continue;
      expect([texts?.length, new Set(texts).size]).toEqual([5, 1]);
      seen[what].add(texts![0]!);
    }
  }
  // It was killed in the middle of work, and not each time before it began.
  expect(seen.resources.size).toBeGreaterThan(kills / 8);
  expect(seen.records.size).toBeGreaterThan(kills / 8);
}, 600_000);
