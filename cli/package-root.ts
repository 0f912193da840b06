/** Where this package lies: beside `sdk/`, both when run from source and when bundled into `dist/`. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function find(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "asconfig.json"))) {
    const up = dirname(at);
    if (up === at) throw new Error("sluice is not installed whole: asconfig.json is missing");
    at = up;
  }
  return at;
}

export const packageRoot = find();
