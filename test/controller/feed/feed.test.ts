import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { followFeed, type Following } from "../../../controller/feed/client.ts";
import { feedHandler } from "../../../controller/feed/http.ts";
import { FeedBusy, serveFeed } from "../../../controller/feed/serve.ts";
import { FeedTable } from "../../../controller/feed/table.ts";
import { feedStart, takeAnswer } from "../../../controller/feed/take.ts";
import { eventually } from "../../eventually.ts";
import { FEED_BUCKETS, FeedKind, feedId, readFeedHead } from "../../../host-sim/feed/words.ts";
import { askOverHttp } from "./ask-over-http.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of closing.splice(0).reverse()) await end();
});

const id = (name: string) => feedId("key", "pets", name);
const text = (table: FeedTable, name: string) => table.get(id(name))?.toString() ?? null;

function filled(count: number, remembered?: number): FeedTable {
  const table = new FeedTable(remembered);
  for (let i = 0; i < count; i++) table.put(id(`k${i}`), Buffer.from(`value ${i}`));
  table.markWhole();
  return table;
}

const at = (table: FeedTable, revision = table.revision) => ({
  ...{ epoch: table.epoch, revision: BigInt(revision) },
  ...{ cursor: FEED_BUCKETS, waitMs: 0 },
});

async function served(ask: ReturnType<typeof serveFeed>): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => void feedHandler(ask)(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed` };
}

function follow(urls: string[], table: FeedTable): Following {
  const servers = urls.map((url) => askOverHttp(url));
  const following = followFeed({ servers, table, waitMs: 2_000 });
  closing.push(() => following.close());
  return following;
}

test("a table holds the last value of each record and counts only what changed", () => {
  const table = filled(1_000);
  expect([table.count, table.revision]).toEqual([1_000, 1_000]);
  table.put(id("k1"), Buffer.from("value 1"));
  table.delete(id("unknown"));
  expect(table.revision).toBe(1_000);
  for (const value of ["longer than it was before", "VALUE 1", ""]) {
    table.put(id("k1"), Buffer.from(value));
    expect(text(table, "k1")).toBe(value);
  }
  table.delete(id("k1"));
  expect([text(table, "k1"), table.count, table.revision]).toEqual([null, 999, 1_004]);
  for (let i = 2; i < 1_000; i++) expect(text(table, `k${i}`)).toBe(`value ${i}`);
});

test("a follower has everything after the snapshot, and each change within a moment", async () => {
  const table = filled(30_000);
  const { url } = await served(serveFeed(table));
  const copy = new FeedTable();
  const following = follow([url], copy);
  await eventually(() => expect(copy.isWhole).toBe(true));
  expect(copy.count).toBe(30_000);
  expect(text(copy, "k29999")).toBe("value 29999");

  table.put(id("new"), Buffer.from("n"));
  table.delete(id("k0"));
  await eventually(() => expect([text(copy, "new"), text(copy, "k0")]).toEqual(["n", null]));
  expect(following.position()).toEqual({
    ...{ epoch: table.epoch, revision: BigInt(table.revision) },
    cursor: FEED_BUCKETS,
  });
});

test("a change is told as it is now, in the order of the last changes, and never as it was", async () => {
  const table = filled(3);
  const before = table.revision;
  table.put(id("k0"), Buffer.from("former value"));
  table.put(id("k1"), Buffer.from("b"));
  table.put(id("k0"), Buffer.from("c"));
  table.delete(id("k2"));
  const answer = await serveFeed(table)(at(table, before));
  expect(readFeedHead(answer)).toMatchObject({ kind: FeedKind.Delta, count: 3, revision: 7n });
  const order = ["k1", "k0", "k2"].map((name) => answer.indexOf(id(name)));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(answer.includes("former value")).toBe(false);
});

test("changes of more than a part come in several answers that lose none", async () => {
  const table = filled(1);
  const copy = new FeedTable();
  const ask = serveFeed(table);
  let position = takeAnswer(copy, feedStart, await ask({ ...feedStart, waitMs: 0 }));
  for (let i = 0; i < 60; i++) table.put(id(`big${i}`), Buffer.alloc(60_000, i));
  let answers = 0;
  for (; position.revision < BigInt(table.revision); answers++) {
    const bytes = await ask({ ...position, waitMs: 0 });
    expect(bytes.length).toBeLessThan(1_100_000);
    position = takeAnswer(copy, position, bytes);
  }
  expect([answers, copy.count]).toEqual([4, 61]);
});

test("whoever is too far behind, or knows other numbers, begins anew", async () => {
  const table = filled(100, 50);
  const ask = serveFeed(table);
  const kind = async (query: Parameters<typeof ask>[0]) => readFeedHead(await ask(query)).kind;
  expect(await kind(at(table, 50))).toBe(FeedKind.Delta);
  expect(await kind(at(table, 49))).toBe(FeedKind.Snapshot);
  expect(await kind(at(table, 101))).toBe(FeedKind.Snapshot);
  expect(await kind({ ...at(table), epoch: 1n })).toBe(FeedKind.Snapshot);
  expect(await kind(at(table))).toBe(FeedKind.Nothing);
});

test("a follower of a new server loses what that one does not have, and changes nothing else", async () => {
  const first = filled(500);
  const copy = new FeedTable();
  const one = await served(serveFeed(first));
  const second = filled(499);
  second.put(id("added"), Buffer.from("x"));
  const other = await served(serveFeed(second));
  follow([one.url, other.url], copy);
  await eventually(() => expect(copy.count).toBe(500));
  const before = copy.revision;
  one.server.closeAllConnections();
  one.server.close();
  await eventually(() => expect(text(copy, "added")).toBe("x"));
  await eventually(() => expect(text(copy, "k499")).toBe(null));
  expect(copy.revision - before).toBe(2);
});

test("a table that is not loaded yet answers no question, and then at once", async () => {
  const table = new FeedTable();
  const ask = serveFeed(table);
  await expect(ask({ ...feedStart, waitMs: 0 })).rejects.toThrow(FeedBusy);
  const early = ask({ ...feedStart, waitMs: 5_000 });
  table.put(id("one"), Buffer.from("1"));
  table.markWhole();
  expect(readFeedHead(await early)).toMatchObject({ kind: FeedKind.Snapshot, count: 1 });
});

test("no more than the bound may wait, and a caller that leaves makes room", async () => {
  const table = filled(1);
  const ask = serveFeed(table, 2);
  const leaving = new AbortController();
  const waiting = [
    ask({ ...at(table), waitMs: 20_000 }, leaving.signal),
    ask({ ...at(table), waitMs: 20_000 }),
  ];
  await expect(ask({ ...at(table), waitMs: 20_000 })).rejects.toThrow("2 are waiting already");
  leaving.abort();
  await waiting[0];
  const third = ask({ ...at(table), waitMs: 20_000 });
  table.put(id("k0"), Buffer.from("changed"));
  for (const answer of [waiting[1]!, third])
    expect(readFeedHead(await answer).kind).toBe(FeedKind.Delta);
});

test("a question that cannot be read is refused with the parameter's name", async () => {
  const { url } = await served(serveFeed(filled(1)));
  for (const [query, name] of [
    ["cursor=65537", "cursor"],
    ["epoch=-1", "epoch"],
    ["revision=1e9", "revision"],
    [`wait=${"9".repeat(50)}`, "wait"],
  ]) {
    const answer = await fetch(`${url}?${query}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(name!)]);
  }
});

test("a damaged answer changes no position, and the follower asks again", async () => {
  const table = filled(100);
  const ask = serveFeed(table);
  let calls = 0;
  const { url } = await served(async (query, signal) => {
    const bytes = await ask(query, signal);
    return calls++ === 0 ? bytes.subarray(0, bytes.length - 3) : bytes;
  });
  const copy = new FeedTable();
  follow([url], copy);
  await eventually(() => expect(copy.isWhole).toBe(true));
  expect(copy.count).toBe(100);
  expect(calls).toBeGreaterThan(1);
});
