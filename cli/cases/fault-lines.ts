/**
 * Where in a policy's source a case's faults arise. What is shipped catches a fault without a trace, so the case is
 * played once more, in the simulator, with a module that is built to tell.
 */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Case } from "../../host-sim/cases.ts";
import { play, simulatorRunner, type OwnPolicy } from "../../host-sim/index.ts";
import { build, type Built } from "../build/index.ts";

export type FaultLines = (one: Case, own: OwnPolicy) => Promise<string[]>;

/** Builds the folders when it is first asked. */
export function faultLines(folders: readonly string[]): FaultLines {
  let built: Promise<Built> | undefined;
  return async (one, own) => {
    const { wasm, map, policies } = await (built ??= build(folders, {
      target: "debug",
      traced: true,
    }));
    const found = new Set<string>();
    const watch = ({ faults }: { faults: string[] }): void =>
      faults.forEach((where) => found.add(where));
    await play({ ...one, only: undefined }, simulatorRunner({ map, watch }), wasm, own);
    const folderOf = new Map(policies.map(({ name, folder }) => [name, folder]));
    return Promise.all([...found].map((where) => shown(where, folderOf)));
  };
}

/** `policies/<name>/<file>:<line>:<column>` of a module, as a path from here and the line's text. */
async function shown(where: string, folderOf: ReadonlyMap<string, string>): Promise<string> {
  const [, name, file, line, column] = /^policies\/([^/]+)\/(.+):(\d+):(\d+)$/.exec(where) ?? [];
  const folder = name !== undefined && folderOf.get(name);
  if (!folder || file === undefined) return `at ${where}`;
  const path = join(folder, file);
  const text = await readFile(path, "utf8").catch(() => "");
  const source = text.split("\n")[Number(line) - 1]?.trim() ?? "";
  return `at ${relative(".", path)}:${line}:${column}: ${source}`;
}
