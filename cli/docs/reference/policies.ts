/** The page of policies: one row for each of the shelf, with the way to its own page. */
import { basename } from "node:path";
import { readDefinition } from "../../build/definition.ts";
import { shelfFolders } from "../../run/shelf.ts";
import { code, inCell, page, table } from "../markdown.ts";

export async function policiesPage(): Promise<string> {
  const rows = await Promise.all(
    (await shelfFolders()).map(async (folder) => {
      const { name, version, description } = await readDefinition(folder);
      const [first = ""] = description.split(/(?<=\.)\s/);
      const link = `[${code(name)}](../../policies/${basename(folder)}/README.md)`;
      return [link, code(`v${version.split(".")[0]}`), inCell(first)];
    }),
  );
  return page(
    "# Policies",
    "Every gateway has these. Each has a page with its parameters and examples; `ap policy list` says which a gateway has, " +
      "with your own beside them.",
    table(["policy", "version", "does"], rows),
  );
}
