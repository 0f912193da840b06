/** The options of `ap gateway mcp generate`, checked. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { usage } from "../errors.ts";

export function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return text;
  throw usage(
    `--server: expected a URL such as http://localhost:3001/mcp, found '${url?.password ? "one with a password" : text}'`,
    "credentials belong into --header",
  );
}

export function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([^\r\n]*)$/.exec(line) ?? [];
      // The line may hold a secret: only how far it goes wrong is said.
      if (name === undefined || value === undefined)
        throw usage("--header: expected a line such as 'Authorization: Bearer …'");
      return [name.toLowerCase(), value];
    }),
  );
}

/** A path that is a folder, or ends as one, gets a file of that name. Returns the file. */
export async function writeTo(path: string, name: string, text: string): Promise<string> {
  const isFolder = path.endsWith("/") || (await stat(path).catch(() => null))?.isDirectory();
  const file = isFolder ? join(path, name) : path;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}
