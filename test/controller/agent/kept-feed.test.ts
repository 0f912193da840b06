import { rm } from "node:fs/promises";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { Journal } from "../../../controller/agent/state/journal.ts";
import { KeptFeed } from "../../../controller/agent/state/kept-feed.ts";
import { Seal } from "../../../controller/agent/state/seal.ts";
import { serveFeed } from "../../../controller/feed/serve.ts";
import { FeedTable } from "../../../controller/feed/table.ts";
import { feedStart, takeAnswer, type FeedPosition } from "../../../controller/feed/take.ts";
import { FEED_BUCKETS, feedId } from "../../../host-sim/feed/words.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-kept-"));
const journals: Journal[] = [];
afterAll(async () => {
  for (const journal of journals) await journal.close();
  await rm(folder, { recursive: true });
});
const seal = await Seal.at(join(folder, "key"));
let files = 0;
const logs: string[] = [];
afterEach(() => expect(logs.splice(0)).toEqual([]));
const id = (name: string) => feedId("key", "RestApi/pets", name);

/** An agent's side of a feed, kept in a file. */
function keeping(file: string) {
  const table = new FeedTable();
  const journal = new Journal(file, seal);
  journals.push(journal);
  const kept = new KeptFeed(journal, table, (line) => logs.push(line));
  return { table, kept };
}

/** Takes answers until there is nothing new, as a follower does. */
async function catchUp(
  { table, kept }: ReturnType<typeof keeping>,
  server: FeedTable,
  from: FeedPosition = feedStart,
): Promise<FeedPosition> {
  const ask = kept.remembering(serveFeed(server));
  let position = from;
  while (position.cursor < FEED_BUCKETS || position.revision < BigInt(server.revision)) {
    position = takeAnswer(table, position, await ask({ ...position, waitMs: 0 }));
    if (position.cursor === FEED_BUCKETS) table.markWhole();
    kept.took(position);
  }
  await kept.settled();
  return position;
}

function server(count: number): FeedTable {
  const table = new FeedTable();
  for (let i = 0; i < count; i++) table.put(id(`k${i}`), Buffer.from(`value ${i}`));
  table.markWhole();
  return table;
}

test("what was taken comes back, changes too, and is followed from there", async () => {
  const file = join(folder, String(++files));
  const source = server(20_000);
  const first = keeping(file);
  let position = await catchUp(first, source);
  source.put(id("late"), Buffer.from("x"));
  source.delete(id("k1"));
  position = await catchUp(first, source, position);

  const second = keeping(file);
  expect(await second.kept.restore()).toEqual(position);
  expect([second.table.isWhole, second.table.count]).toEqual([true, 20_000]);
  expect([second.table.get(id("late"))?.toString(), second.table.get(id("k1"))]).toEqual([
    "x",
    null,
  ]);
  source.delete(id("late"));
  await catchUp(second, source, position);
  const third = keeping(file);
  await third.kept.restore();
  expect([third.table.count, third.table.get(id("late"))]).toEqual([19_999, null]);
});

test("where nothing is kept nothing comes back, and the table is not whole", async () => {
  const { table, kept } = keeping(join(folder, String(++files)));
  expect([await kept.restore(), table.isWhole]).toEqual([null, false]);
});

test("what an earlier version kept is refused, and everything comes anew", async () => {
  const file = join(folder, String(++files));
  const source = server(10);
  const earlier = await serveFeed(source)({ ...feedStart, waitMs: 0 });
  earlier.write("SLF1");
  const other = new Journal(file, seal);
  journals.push(other);
  await other.replace(2, [Buffer.alloc(20), earlier]);
  const agent = keeping(file);
  await expect(agent.kept.restore()).rejects.toThrow("expected a feed answer of this version");
  expect([agent.table.isWhole, agent.table.count]).toEqual([false, 0]);
  await catchUp(agent, source);
  const next = keeping(file);
  await next.kept.restore();
  expect(next.table.count).toBe(10);
});
