/** A module as the compiler leaves it, without metering and fault handling: to see what these cost. */
import { basename } from "node:path";
import { compile } from "../../cli/build/compile.ts";
import { readDefinition } from "../../cli/build/definition.ts";
import { writeParams } from "../../cli/build/index.ts";
import { generateEntry } from "../../cli/build/entry.ts";
import { readPolicySource } from "../../cli/build/syntax/source.ts";

export async function unhardened(...folders: string[]): Promise<Uint8Array> {
  const policies = folders.map(async (folder) => {
    const definition = await readDefinition(folder);
    const { name, version } = definition;
    const params = await writeParams(definition);
    return { ...(await readPolicySource(folder)), name, version, params };
  });
  const all = await Promise.all(policies);
  const named = folders.map((folder) => [basename(folder), folder] as const);
  const params = new Map(all.map((one) => [one.name, one.params]));
  return (await compile({ entry: generateEntry(all), folders: new Map(named), params })).wasm;
}
