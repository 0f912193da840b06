/** The build: policy folders in, one finished module out. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../controller/errors.ts";
import { compile } from "./compile.ts";
import type { Statement } from "./syntax/coverage.ts";
import { readDefinition, type Definition } from "./definition.ts";
import { generateEntry, isFed } from "./entry.ts";
import { harden } from "./harden/index.ts";
import { manifestOf } from "./manifest.ts";
import { generateParams } from "./params/index.ts";
import { moveMap, type SourceMap } from "./source-map.ts";
import { readPolicySource } from "./syntax/source.ts";
import { Writer } from "./wasm/bytes.ts";
import { mergeData } from "./wasm/data.ts";
import { parse } from "./wasm/module.ts";

export interface Built {
  wasm: Uint8Array;
  map: string;
  policies: Definition[];
  /** What is counted, in the order of the counters behind the global `c`. */
  statements: Statement[];
}

export interface BuildOptions {
  target?: "debug";
  /** For a simulator that shows each request's way policy by policy; Envoy gains nothing by it. */
  traced?: boolean;
  /** Folders whose policies count how often each statement runs. */
  counted?: readonly string[];
}

export async function build(
  folders: readonly string[],
  options: BuildOptions = {},
): Promise<Built> {
  const definitions = await Promise.all(folders.map(readDefinition));
  const byName = new Map<string, string>();
  for (const { name, folder } of definitions) {
    const other = byName.get(name);
    if (other)
      throw new UserError(`${folder}: the policy ${name} is in ${other} too; a module takes one`);
    byName.set(name, folder);
  }
  const policies = await Promise.all(
    definitions.map(async (definition) => {
      const source = await readPolicySource(definition.folder);
      const params = await writeParams(definition);
      return { ...source, params, name: definition.name, version: definition.version };
    }),
  );
  const counted = definitions
    .filter((one) => options.counted?.includes(one.folder))
    .map((one) => one.name);
  const entry = generateEntry(policies, { ...options, counted: counted.length > 0 });
  const small = policies.length === 1 && !policies[0]?.computes;
  const target = options.target ?? (small ? "small" : "release");
  const params = new Map(policies.map((one) => [one.name, one.params]));
  const compiled = await compile({ entry, folders: byName, params, target, counted });
  const module = parse(compiled.wasm);
  const manifest = manifestOf(
    definitions,
    policies.map((one) => one.handles),
    isFed(policies),
  );
  module.customs = module.customs.filter((one) => one.name !== "sourceMappingURL");
  module.customs.push({
    name: "sluice.manifest",
    bytes: new TextEncoder().encode(JSON.stringify(manifest)),
  });
  if (module.data) {
    const { content, segments } = mergeData(module.data);
    module.data = content;
    // AssemblyScript names no segment in its code, so their number is all there is to mend.
    if (module.dataCount) module.dataCount = new Writer().unsigned(segments).finish();
  }
  const { bytes, locate, ends } = harden(module);
  const map = moveMap(JSON.parse(compiled.map) as SourceMap, locate, ends);
  return {
    wasm: bytes,
    map: JSON.stringify(map),
    policies: definitions,
    statements: compiled.statements,
  };
}

/** Writes `params.ts` beside the policy, if it changed, so that editors see the types; not where nobody may write. */
export async function writeParams(definition: Definition): Promise<string> {
  const file = join(definition.folder, "params.ts");
  const text = generateParams(definition);
  const old = await readFile(file, "utf8").catch(() => null);
  if (old !== text)
    await writeFile(file, text).catch((error: NodeJS.ErrnoException) => {
      if (!notMine.has(error.code ?? "")) throw error;
    });
  return text;
}

const notMine = new Set(["EACCES", "EPERM", "EROFS"]);
