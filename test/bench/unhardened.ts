/** A module as the compiler leaves it, without metering and fault handling: to see what these cost. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { compile } from "../../cli/build/compile.ts";
import { readDefinition } from "../../cli/build/definition.ts";
import { generateEntry } from "../../cli/build/entry.ts";
import { readSource } from "../../cli/build/source.ts";

export async function unhardened(folder: string): Promise<Uint8Array> {
  const { name, version } = await readDefinition(folder);
  const file = join(folder, "policy.ts");
  const source = readSource(await readFile(file, "utf8"), file);
  const entry = generateEntry([{ ...source, name, version }]);
  return (await compile({ entry, folders: new Map([[basename(folder), folder]]) })).wasm;
}
