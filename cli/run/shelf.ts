/** The module with every policy of the shelf: built once for the sources that it has, then kept. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { userCache } from "../../controller/agent/find.ts";
import { isOwn, keep } from "../../controller/agent/own-file.ts";
import { reason, UserError } from "../../controller/errors.ts";
import { packageRoot } from "../package-root.ts";

/** Every file below `folder` that the build reads, sorted. */
async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => one.isFile() && /\.(ts|yaml|json)$/.test(one.name) && one.name !== "params.ts")
    .map((one) => join(one.parentPath, one.name))
    .sort();
}

export async function shelfFolders(): Promise<string[]> {
  const shelf = join(packageRoot, "policies");
  const names = await readdir(shelf, { withFileTypes: true });
  return names
    .filter((one) => one.isDirectory())
    .map((one) => join(shelf, one.name))
    .sort();
}

export async function shelfModule(
  extra: readonly string[],
  progress: (text: string) => void,
): Promise<Uint8Array> {
  const folders = [...(await shelfFolders()), ...extra];
  const hash = createHash("sha256");
  for (const folder of [join(packageRoot, "sdk"), join(packageRoot, "cli", "build"), ...folders]) {
    for (const file of await sources(folder).catch(() => [])) hash.update(await readFile(file));
  }
  const cache = join(userCache(), "modules");
  const file = join(cache, `${hash.digest("hex").slice(0, 32)}.wasm`);
  const kept = await readFile(file).catch(() => null);
  if (kept && !(await isOwn(file)))
    throw new UserError(
      `${file}: expected a file and a folder of this user that others cannot write; remove it`,
    );
  if (kept) return new Uint8Array(kept);
  progress(`building ${folders.length} policies …`);
  await keep(cache);
  // Of this process alone: a build that another one left behind may still be writing.
  const made = `${file}.${process.pid}`;
  await buildApart(folders, made);
  await rename(`${made}.map`, `${file}.map`);
  await rename(made, file);
  await forgetOld(cache);
  return new Uint8Array(await readFile(file));
}

/** Modules that are kept; whoever works on policies makes a new one with each change. */
const keptModules = 8;

async function forgetOld(cache: string): Promise<void> {
  const modules = (await readdir(cache)).filter((name) => name.endsWith(".wasm"));
  const aged = await Promise.all(
    modules.map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(keptModules);
  for (const { name } of old)
    for (const file of [name, `${name}.map`]) await rm(join(cache, file), { force: true });
}

/** In a process of its own: the compiler takes some hundred MiB, which a gateway that runs for months would keep. */
async function buildApart(folders: readonly string[], output: string): Promise<void> {
  const [ap] = process.argv.slice(1);
  const args = [ap!, "policy", "build", ...folders, "--output", output];
  const ended = new AbortController();
  const end = () => ended.abort();
  process.once("SIGTERM", end);
  await promisify(execFile)(process.execPath, args, { signal: ended.signal })
    .catch((error: { stderr?: string }) => {
      if (ended.signal.aborted) process.exit(143);
      throw new UserError(error.stderr?.trim().replace(/^error [A-Z-]+: /, "") || reason(error));
    })
    .finally(() => process.off("SIGTERM", end));
}
