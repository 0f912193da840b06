/** `ap policy build`: the module and its map on disk, in `build/` unless told otherwise. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../controller/errors.ts";
import { packageRoot } from "../package-root.ts";
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
  const folders = await foldersOf(inputs);
  const built = await build(folders, options.debug ? { target: "debug" } : {});
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

export const foldersOf = async (inputs: readonly string[]): Promise<string[]> =>
  (await Promise.all(inputs.map(expand))).flat();

/**
 * A folder as it is; a `build.yaml` as the folders that its policies name by `filePath`, or this package's policy of the
 * same name for those that come from elsewhere.
 */
async function expand(input: string): Promise<string[]> {
  const found = await stat(input).catch(() => null);
  if (!found)
    throw new UserError(`${input}: not found; expected a policy's folder or a build.yaml`);
  if (found.isDirectory()) return [input];
  const text = await readFile(input, "utf8");
  const listed = (parse(text) as { policies?: { name?: string; filePath?: string }[] } | null)
    ?.policies;
  if (!Array.isArray(listed)) throw new UserError(`${basename(input)}: policies: expected a list`);
  return Promise.all(
    listed.map(async ({ name, filePath }, i) => {
      if (typeof filePath === "string") return join(dirname(input), filePath);
      const own = join(packageRoot, "policies", String(name));
      if (
        typeof name === "string" &&
        /^[a-z0-9-]+$/.test(name) &&
        (await stat(own).catch(() => null))
      )
        return own;
      throw new UserError(
        `${input}: policies[${i}] (${name ?? "no name"}): filePath: expected the policy's folder, since no policy of this name comes with ap`,
      );
    }),
  );
}
