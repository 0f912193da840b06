import { rm } from "node:fs/promises";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Journal } from "../../../controller/agent/state/journal.ts";
import { Keeper } from "../../../controller/agent/state/keeper.ts";
import { KeptFeed } from "../../../controller/agent/state/kept-feed.ts";
import { KeptResources } from "../../../controller/agent/state/kept-resources.ts";
import { Seal } from "../../../controller/agent/state/seal.ts";
import { serveFeed } from "../../../controller/feed/serve.ts";
import { FeedTable } from "../../../controller/feed/table.ts";
import { feedStart, takeAnswer } from "../../../controller/feed/take.ts";
import { reference } from "../../../controller/model/references.ts";
import { ResourceCache, versionOf } from "../../../controller/xds/cache.ts";
import { FEED_BUCKETS, feedId } from "../../../host-sim/feed/words.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-keeper-"));
const journals: Journal[] = [];
afterAll(async () => {
  for (const journal of journals) await journal.close();
  await rm(folder, { recursive: true });
});
const seal = await Seal.at(join(folder, "key"));
let states = 0;

/** What an agent has and keeps; its files are read again by another one with the same place. */
function agent(place: string, patienceMs?: number) {
  const logs: string[] = [];
  const log = (line: string) => logs.push(line);
  const cache = new ResourceCache(null);
  const table = new FeedTable();
  const files = ["resources", "feed"].map((name) => new Journal(`${place}-${name}`, seal));
  journals.push(...files);
  const resources = new KeptResources(files[0]!, cache, log);
  const feed = new KeptFeed(files[1]!, table, log);
  const keeper = new Keeper({ cache, resources, feed, log, ...(patienceMs && { patienceMs }) });
  return { cache, table, resources, feed, keeper, logs };
}
type Agent = ReturnType<typeof agent>;
const place = () => join(folder, String(++states));

function route({ cache }: Agent, name: string, text: string): void {
  const bytes = Buffer.from(text);
  cache.take([{ kind: "route", name, resource: { bytes, version: versionOf(bytes) } }]);
}

/** Brings all that a server has, as a follower does. */
async function bring({ table, feed }: Agent, source: FeedTable): Promise<void> {
  const ask = feed.remembering(serveFeed(source));
  for (let position = feedStart; position.cursor < FEED_BUCKETS;) {
    position = takeAnswer(table, position, await ask({ ...position, waitMs: 0 }));
    if (position.cursor === FEED_BUCKETS) table.markWhole();
    feed.took(position);
  }
}

/** A server whose feed is longer than one answer. */
function server(...secrets: string[]): FeedTable {
  const table = new FeedTable();
  for (let i = 0; i < 1_000; i++) table.put(feedId("key", "a", String(i)), Buffer.alloc(2_000));
  for (const entry of secrets) table.put(feedId("secret", entry), Buffer.from("value"));
  table.markWhole();
  return table;
}

/** What an agent that starts now would have. */
async function restarted(at: string) {
  const { cache, table, resources, feed } = agent(at);
  const isThere = await resources.restore();
  await feed.restore();
  return { routes: isThere ? [...cache.names("route")] : null, table };
}

test("a chain is kept when the secrets that it refers to are kept, and not before", async () => {
  const at = place();
  const one = agent(at, 600_000);
  route(one, "plain", "a chain without secrets");
  await one.keeper.keep();
  route(one, "secretive", `x ${reference("badge")} y ${reference("#other")}`);
  const kept = one.keeper.keep();
  await bring(one, server("badge"));
  await one.feed.settled();
  expect((await restarted(at)).routes).toEqual(["plain"]);

  const source = server("badge", "#other");
  const coming = bring(one, source);
  // Whatever the moment of its death: who is restarted has no chain without its secrets.
  for (let isKept = false; !isKept;) {
    const { routes, table } = await restarted(at);
    isKept = routes!.includes("secretive");
    if (isKept)
      for (const entry of ["badge", "#other"])
        expect(table.get(feedId("secret", entry))?.toString()).toBe("value");
  }
  await Promise.all([kept, coming]);
  expect(one.logs).toEqual([]);
});

test("a secret that never comes is waited for a while, and said", async () => {
  const at = place();
  const one = agent(at, 20);
  route(one, "secretive", reference("nowhere"));
  await one.keeper.keep();
  expect((await restarted(at)).routes).toEqual(["secretive"]);
  expect(one.logs).toEqual([
    "chains are kept without their secrets, which did not come within 20 ms",
  ]);
});

test("whoever ends does not wait for secrets, and keeps what was kept", async () => {
  const at = place();
  const one = agent(at, 600_000);
  await one.keeper.keep();
  route(one, "secretive", reference("late"));
  void one.keeper.keep();
  await one.keeper.close();
  expect((await restarted(at)).routes).toEqual([]);
});
