/** Somebody with an account on the machine, but not that of the gateway, looks for hashes and documents in its store. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Store } from "../../../controller/store/store.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-private-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const modes = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path).map((name) => [name, (statSync(join(path, name)).mode & 0o777).toString(8)]),
  );
const write = { kind: "RestApi", handle: "a", displayName: "A", version: "v1", deployed: true };

test("the files of a store, and a folder made for them, are their owner's alone", async () => {
  const data = join(folder, "data");
  const store = await Store.open(join(data, "gateway.db"));
  await store.write({ ...write, source: {} }, "none");
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(modes(data)).toEqual({
    "gateway.db": "600",
    "gateway.db-shm": "600",
    "gateway.db-wal": "600",
  });
  await store.close();
});

test("files that others could read are closed to them, and a folder that was there stays as it is", async () => {
  const data = join(folder, "data");
  chmodSync(data, 0o755);
  chmodSync(join(data, "gateway.db"), 0o644);
  const store = await Store.open(join(data, "gateway.db"));
  expect(modes(data)).toMatchObject({ "gateway.db": "600", "gateway.db-wal": "600" });
  expect(statSync(data).mode & 0o777).toBe(0o755);
  await store.close();
});
