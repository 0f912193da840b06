import { afterAll, beforeAll, expect, test } from "vitest";
import { Journal } from "../../controller/agent/state/journal.ts";
import { KeptFeed } from "../../controller/agent/state/kept-feed.ts";
import { KeptResources } from "../../controller/agent/state/kept-resources.ts";
import { Seal } from "../../controller/agent/state/seal.ts";
import { FeedTable } from "../../controller/feed/table.ts";
import { entriesIn } from "../../controller/model/references.ts";
import { ResourceCache } from "../../controller/xds/cache.ts";
import { feedId } from "../../host-sim/feed/words.ts";
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
const kills = Number(process.env["KILLS"] ?? 24);

/** What both files have; null for one that was never whole yet. Throws when one is damaged. */
async function restored() {
  const seal = await Seal.at(`${state.folder}/key`);
  const cache = new ResourceCache(null);
  const journal = new Journal(`${state.folder}/resources`, seal);
  const isThere = await new KeptResources(journal, cache, () => {}).restore();
  const table = new FeedTable();
  const feed = new KeptFeed(new Journal(`${state.folder}/feed`, seal), table, () => {});
  const position = await feed.restore();
  return {
    resources: isThere ? cache.all().map(({ resource }) => resource!.version) : null,
    lacking: entriesIn(
      cache
        .all()
        .map(({ resource }) => Buffer.from(resource!.bytes).toString())
        .join(""),
    ).filter((entry) => table.get(feedId("secret", entry)) === null),
    records:
      position && Array.from({ length: 5 }, (_, i) => String(table.get(feedId("secret", `s${i}`)))),
  };
}

test(`killed at ${kills} random moments of writing, what is kept is whole each time`, async () => {
  const seen = { resources: new Set<string>(), records: new Set<string>() };
  for (let i = 0; i < kills; i++) {
    // Some while they read what is there and write for the first time, most in the middle of work.
    const writer = await startProcess(built.file, [state.folder, i % 4 === 0 ? "0" : "1"]);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
    await writer.kill();
    const found = await restored();
    expect(found.lacking).toEqual([]);
    for (const what of ["resources", "records"] as const) {
      const texts = found[what];
      // Killed before the first state was whole: nothing is there yet.
      if (texts === null && seen[what].size === 0) continue;
      expect([texts?.length, new Set(texts).size]).toEqual([5, 1]);
      seen[what].add(texts![0]!);
    }
  }
  // Whoever told of its second turn had kept its first.
  expect(seen.resources.size).toBeGreaterThanOrEqual(Math.floor(kills * 0.75));
  expect(seen.records.size).toBeGreaterThanOrEqual(Math.floor(kills * 0.75));
}, 600_000);
