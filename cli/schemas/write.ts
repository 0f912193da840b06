/** Writes the folder `schemas`. */
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { schemaFiles } from "./index.ts";

export const schemaFolder = join(packageRoot, "schemas");

/** Says which were not current. */
export async function writeSchemas(): Promise<string[]> {
  await mkdir(schemaFolder, { recursive: true });
  const files = schemaFiles();
  const stale: string[] = [];
  for (const name of await readdir(schemaFolder))
    if (!(name in files)) {
      await rm(join(schemaFolder, name));
      stale.push(`schemas/${name}`);
    }
  for (const [name, text] of Object.entries(files)) {
    const file = join(schemaFolder, name);
    if ((await readFile(file, "utf8").catch(() => null)) === text) continue;
    await writeFile(file, text);
    stale.push(`schemas/${name}`);
  }
  return stale;
}
