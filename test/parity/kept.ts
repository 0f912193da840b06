/** Scenarios that differed once, at their smallest: each a file, and each compared in every run of the tests. */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chain } from "../../host-sim/index.ts";
import type { Scenario } from "./scenario.ts";

export interface Kept {
  /** For a bare module; else `chain` is the one of the scenario. */
  raw: boolean;
  chain?: Chain;
  scenario: Scenario;
}

const folder = join("test", "parity", "kept");

export async function readKept(): Promise<(Kept & { name: string })[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
  return Promise.all(
    files.map(async (file) => ({
      ...(JSON.parse(await readFile(join(folder, file), "utf8")) as Kept),
      name: file.replace(".json", ""),
    })),
  );
}

/** Returns the file's name. */
export async function keep(one: Kept): Promise<string> {
  const text = `${JSON.stringify(one, null, 2)}\n`;
  const file = join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, text);
  return file;
}
