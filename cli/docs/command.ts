/** `ap policy docs`: writes the READMEs of policy folders, or says which are not current. */
import { readFile, writeFile } from "node:fs/promises";
import { UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";
import { shelfFolders } from "../run/shelf.ts";
import { readmeFile, readmeOf } from "./readme.ts";

export interface DocsOptions {
  check?: boolean;
}

export async function writeDocs(
  folders: readonly string[],
  { check }: DocsOptions,
  io: Io,
): Promise<void> {
  const stale: string[] = [];
  for (const folder of folders.length > 0 ? folders : await shelfFolders()) {
    const file = readmeFile(folder);
    const text = await readmeOf(folder);
    if (text === (await readFile(file, "utf8").catch(() => null))) continue;
    stale.push(file);
    if (!check) await writeFile(file, text);
  }
  if (check && stale.length > 0)
    throw new UserError(`not current, "ap policy docs" writes them: ${stale.join(", ")}`);
  for (const file of stale) io.line(file);
}
