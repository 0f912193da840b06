/** The pages of docs/reference are what the code says today. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
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
