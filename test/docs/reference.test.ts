/** The pages of docs/reference are what the code says today. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindRows } from "../../cli/client/kinds.ts";
import { fieldsOf } from "../../cli/docs/reference/kinds.ts";
import { keyOf, words } from "../../cli/docs/reference/words.ts";
import { referencePages, textOf, written } from "../../cli/docs/reference/index.ts";
import { packageRoot } from "../../cli/package-root.ts";

const names = Object.keys(referencePages);

test.each(names)("%s is current", async (name) => {
  expect(await written(name), 'run "npm run docs" and commit what it writes').toBe(
    await textOf(name),
  );
});

test("every page of the folder is written from the code", async () => {
  expect((await readdir(join(packageRoot, "docs/reference"))).sort()).toEqual(names.sort());
});

test("every field of every kind has words, and every word a field", () => {
  const fields = kindRows.flatMap((row) =>
    fieldsOf(row).map(([path]) => ({ path: `${row.kind}.${path}`, key: keyOf(row.kind, path) })),
  );
  const without = fields.filter(({ key }) => key === null).map(({ path }) => path);
  expect(without, "say in cli/docs/reference/words.ts what they are").toEqual([]);
  const used = new Set(fields.map(({ key }) => key));
  expect(Object.keys(words).filter((key) => !used.has(key))).toEqual([]);
});
