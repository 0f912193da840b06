/** A policy of the shelf is a start for one's own: its folder may be copied anywhere. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { companions } from "../../cli/cases/companions.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { packageRoot } from "../../cli/package-root.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";

let away: string;
beforeAll(async () => {
  away = await mkdtemp(join(tmpdir(), "sluice-copied-"));
});
afterAll(() => rm(away, { recursive: true, force: true }));

test("every policy of the shelf has its cases in a copy that lies alone", async () => {
  const folders = await shelfFolders();
  expect(folders.length).toBeGreaterThan(0);
  for (const folder of folders) {
    const copy = join(away, basename(folder));
    await cp(folder, copy, { recursive: true });
    const names = (cases: readonly { name: string }[]) => cases.map(({ name }) => name);
    expect(names(await loadCases(copy))).toEqual(names(await loadCases(folder)));
  }
});

test("a copy takes the place of the shelf's policy in the chains of its cases", async () => {
  const copy = join(away, "mine");
  await cp(join(packageRoot, "policies", "multi-auth"), copy, { recursive: true });
  const beside = await companions([copy], new Map([[copy, await loadCases(copy)]]));
  expect(beside.map((folder) => basename(folder))).toContain("jwt-auth");
  expect(beside.map((folder) => basename(folder))).not.toContain("multi-auth");
});
