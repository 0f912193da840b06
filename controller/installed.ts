/** Files of this package that are read while it runs. */
import { existsSync } from "node:fs";

/** Found by walking up, because a bundle runs from another folder than its source. */
export function installed(path: string): URL {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const file = new URL(path, folder);
    if (existsSync(file)) return file;
    if (folder.pathname === "/") throw new Error(`${path} is not installed`);
  }
}
