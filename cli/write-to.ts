/** What a command makes, as a file where the user wants it. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A path that is a folder, or ends as one, gets a file of that name. Returns the file. */
export async function writeTo(path: string, name: string, text: string): Promise<string> {
  const isFolder = path.endsWith("/") || (await stat(path).catch(() => null))?.isDirectory();
  const file = isFolder ? join(path, name) : path;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}
