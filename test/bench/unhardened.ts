/** A module as the compiler leaves it, without metering and fault handling: to see what these cost. */
import { basename } from "node:path";
import { compile } from "../../cli/build/compile.ts";
import { readDefinition } from "../../cli/build/definition.ts";
import { generateEntry } from "../../cli/build/entry.ts";
import { readPolicySource } from "../../cli/build/source.ts";

export async function unhardened(folder: string): Promise<Uint8Array> {
  const { name, version } = await readDefinition(folder);
  const source = await readPolicySource(folder);
  const entry = generateEntry([{ ...source, name, version }]);
  return (await compile({ entry, folders: new Map([[basename(folder), folder]]) })).wasm;
}
