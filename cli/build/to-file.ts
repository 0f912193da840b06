/** `ap policy build`: the module and its map on disk, in `build/` unless told otherwise. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../controller/errors.ts";
import { build } from "./index.ts";

export interface BuiltFile {
  file: string;
  map: string;
  size: number;
  policies: { name: string; version: string }[];
  milliseconds: number;
}

export interface FileOptions {
  output?: string | undefined;
  debug?: boolean | undefined;
}

export async function buildToFile(
  inputs: readonly string[],
  options: FileOptions,
): Promise<BuiltFile> {
  const start = performance.now();
  const folders = (await Promise.all(inputs.map(expand))).flat();
  const built = await build(folders, { target: options.debug ? "debug" : "release" });
  const only = built.policies.length === 1 ? built.policies[0] : undefined;
  const file = options.output ?? join("build", `${only ? only.name : "policies"}.wasm`);
  await mkdir(dirname(resolve(file)), { recursive: true });
  await writeFile(file, built.wasm);
  await writeFile(`${file}.map`, built.map);
  return {
    file,
    map: `${file}.map`,
    size: built.wasm.length,
    policies: built.policies.map(({ name, version }) => ({ name, version })),
    milliseconds: Math.round(performance.now() - start),
  };
}

/** A folder as it is; a `build.yaml` as the folders that its policies name by `filePath`. */
async function expand(input: string): Promise<string[]> {
  const found = await stat(input).catch(() => null);
  if (!found)
    throw new UserError(`${input}: not found; expected a policy's folder or a build.yaml`);
  if (found.isDirectory()) return [input];
  const text = await readFile(input, "utf8");
  const listed = (parse(text) as { policies?: { name?: string; filePath?: string }[] } | null)
    ?.policies;
  if (!Array.isArray(listed)) throw new UserError(`${basename(input)}: policies: expected a list`);
  return listed.map(({ name, filePath }, i) => {
    if (typeof filePath !== "string") {
      throw new UserError(
        `${input}: policies[${i}] (${name ?? "no name"}): filePath: expected the policy's folder`,
      );
    }
    return join(dirname(input), filePath);
  });
}
