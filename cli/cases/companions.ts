/** Policies of the shelf that stand in the cases' chains beside the folders' own: they are linked in by themselves. */
import { basename } from "node:path";
import type { Case } from "../../host-sim/cases.ts";
import { readDefinition } from "../build/definition.ts";
import { shelfFolders } from "../run/shelf.ts";

export async function companions(
  folders: readonly string[],
  cases: ReadonlyMap<string, readonly Case[]>,
): Promise<string[]> {
  const named = new Set(
    [...cases.values()]
      .flat()
      .flatMap(({ chain, params, routes = [] }) => [
        ...alternatives(params),
        ...[chain, ...routes.map((route) => route.chain)].flatMap((one) =>
          (Array.isArray(one) ? one : (one?.policies ?? [])).flatMap((link) => [
            link.name,
            ...alternatives(link.params),
          ]),
        ),
      ]),
  );
  // A copy of a policy of the shelf may lie in a folder of another name: it takes that policy's place.
  const own = new Set((await Promise.all(folders.map(readDefinition))).map(({ name }) => name));
  return (await shelfFolders()).filter(
    (folder) => named.has(basename(folder)) && !own.has(basename(folder)),
  );
}

/** The policies that one of several names in its parameters. */
const alternatives = (params: object = {}): string[] =>
  "anyOf" in params && Array.isArray(params.anyOf)
    ? params.anyOf.flatMap(({ name }: { name?: unknown }) =>
        typeof name === "string" ? [name] : [],
      )
    : [];
