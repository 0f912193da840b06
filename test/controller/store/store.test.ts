import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Store } from "../../../controller/store/store.ts";
import { startPostgres, type TestPostgres } from "../fixtures/postgres.ts";

let folder: string;
let postgres: TestPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-store-"));
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

const write = {
  kind: "RestApi",
  handle: "a",
  displayName: "A",
  version: "v1",
  source: { a: 1 },
  deployed: true,
};

describe.each([
  ["SQLite", () => Promise.resolve(join(folder, "store.db"))],
  ["PostgreSQL", () => postgres.createDatabase()],
])("on %s", (_, locate) => {
  let store: Store;
  let location: string;
  beforeAll(async () => {
    location = await locate();
    store = await Store.open(location);
  });
  afterAll(() => store.close());

  test("counts a document's revisions and keeps what it was", async () => {
    const first = await store.write(write, "none");
    const second = await store.write({ ...write, source: { a: 2 } }, first);
    expect([first.revision, second.revision, second.uuid]).toEqual([1, 2, first.uuid]);
    expect(await store.artifact("RestApi", "a")).toEqual(second);
    expect((await store.revisions("RestApi", "a")).map(({ source }) => source)).toEqual([
      '{"a":2}',
      '{"a":1}',
    ]);
  });

  test("refuses a second document with the same handle, name and version, or an old revision", async () => {
    await expect(store.write(write, "none")).rejects.toMatchObject({ field: "handle" });
    const { uuid } = (await store.artifact("RestApi", "a"))!;
    await expect(store.write(write, { uuid, revision: 1 })).rejects.toMatchObject({
      field: "revision",
    });
    await expect(store.write({ ...write, handle: "b" }, "none")).rejects.toMatchObject({
      field: "displayName",
    });
  });

  test("gives modules back byte for byte, and tells the history of what served", async () => {
    const bytes = new Uint8Array([0, 97, 115, 109, 255]);
    await store.keepModule("h1", bytes, { policies: [] });
    await store.keepModule("h1", bytes, { policies: [] });
    await store.keepModule("h2", bytes, { policies: [] });
    for (const hash of ["h1", "h2", "h1"]) await store.assign(hash);
    expect(new Uint8Array((await store.module("h1"))!.bytes)).toEqual(bytes);
    expect((await store.assignments()).map(({ hash }) => hash)).toEqual(["h1", "h2", "h1"]);
  });

  test("tells another controller what was written, and none what it wrote itself", async () => {
    const other = await Store.open(location);
    await store.write({ ...write, handle: "c", displayName: "C" }, "any");
    expect(await other.foreignChanges()).toMatchObject([{ kind: "RestApi", handle: "c" }]);
    expect(await other.foreignChanges()).toEqual([]);
    expect(await store.foreignChanges()).toEqual([]);
    await other.close();
  });

  test("removes a document once", async () => {
    expect(await store.remove("RestApi", "c", "any")).toBe(true);
    expect(await store.remove("RestApi", "c", "any")).toBe(false);
  });
});
