/** No parameter of the shelf without a case that uses it: each of its few values, and one that is not its default. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { readDefinition } from "../../cli/build/definition.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import { isShared, possibleUses, usesOf } from "./parameter-uses.ts";

/** What no case can show, by the test that does. */
const shownElsewhere: Record<string, RegExp> = {
  "key-services-deployed.test.ts":
    /^(jwt|opaque-token)-auth .*\.(certificatePath|skipTlsVerify)(=true)?$/,
  "kept-verdicts.test.ts": /^jwt-auth (tokencaching|tokencachettl|cachemaxsize)/,
};

const shelf = await Promise.all(
  (await shelfFolders()).map(async (folder) => {
    const definition = await readDefinition(folder);
    const used = usesOf(definition, await loadCases(folder));
    return { name: basename(folder), possible: [...possibleUses(definition)], used };
  }),
);
const usedByAny = new Set(shelf.flatMap(({ used }) => [...used].filter(isShared)));
const isShownElsewhere = (use: string) =>
  Object.values(shownElsewhere).some((uses) => uses.test(use));

test.each(shelf)("$name has cases for all of its parameters", ({ name, possible, used }) => {
  const unused = possible.filter((use) => !used.has(use) && !usedByAny.has(use));
  expect(unused.filter((use) => !isShownElsewhere(`${name} ${use}`))).toEqual([]);
});

test.each(Object.entries(shownElsewhere))("%s shows what no case can", async (file, uses) => {
  const text = await readFile(new URL(file, import.meta.url), "utf8");
  const shown = shelf.flatMap(({ name, possible, used }) =>
    possible.filter((use) => !used.has(use) && uses.test(`${name} ${use}`)),
  );
  expect(shown).not.toEqual([]);
  for (const use of shown) expect(text).toContain(/(\w+)[^.]*$/.exec(use)![1]);
});
