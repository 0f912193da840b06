/** Pages of `docs/reference` that are written from the code. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../package-root.ts";
import { commandsPage } from "./commands.ts";
import { configurationPage } from "./configuration.ts";
import { errorsPage } from "./errors.ts";
import { kindsPage } from "./kinds.ts";
import { lintPage } from "./lint.ts";
import { managementPage } from "./management-api.ts";
import { policiesPage } from "./policies.ts";
import { portsPage } from "./ports.ts";
import { sdkPage } from "./sdk.ts";

const note =
  '<!-- Written by "npm run docs" from the code. Changes here are lost; a test fails if it is not current. -->';

export const referencePages: Readonly<Record<string, () => string | Promise<string>>> = {
  "commands.md": commandsPage,
  "configuration.md": configurationPage,
  "errors.md": errorsPage,
  "kinds.md": kindsPage,
  "lint.md": lintPage,
  "management-api.md": managementPage,
  "policies.md": policiesPage,
  "ports.md": portsPage,
  "sdk.md": sdkPage,
};

const folder = join(packageRoot, "docs", "reference");

export const written = (name: string): Promise<string | null> =>
  readFile(join(folder, name), "utf8").catch(() => null);

export const textOf = async (name: string): Promise<string> =>
  `${note}\n\n${await referencePages[name]!()}`;

/** Writes those that are not current and says which they were. */
export async function writeReference(): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const stale: string[] = [];
  for (const name of Object.keys(referencePages)) {
    const text = await textOf(name);
    if (text === (await written(name))) continue;
    await writeFile(join(folder, name), text);
    stale.push(`docs/reference/${name}`);
  }
  return stale;
}
