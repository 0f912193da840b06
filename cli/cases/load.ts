/** Reads a policy's `cases.ts`: data, bundled in memory and imported. The folder may lie anywhere. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { UserError, reason } from "../../controller/errors.ts";
import type { Case } from "../../host-sim/cases.ts";
import { packageRoot } from "../package-root.ts";
import { unknownWord } from "./keys.ts";

/** What cases import by the package's name, also in a folder with no package near. */
const alias = {
  "sluice/cases": join(packageRoot, "host-sim", "cases.ts"),
  "sluice/policies": join(packageRoot, "policies"),
};

export async function loadCases(folder: string): Promise<Case[]> {
  const file = join(folder, "cases.ts");
  await access(file).catch(() => {
    throw new UserError(`${file}: not found; a policy's cases tell what it does`);
  });
  let text: string;
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      alias,
      bundle: true,
      format: "esm",
      platform: "node",
      write: false,
      logLevel: "silent",
    });
    text = outputFiles[0]?.text ?? "";
  } catch (error) {
    throw new UserError(`${file}: ${reason(error)}`);
  }
  // A changed file has a changed address, so nothing stale is imported.
  const module = (await import(
    `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`
  )) as { cases?: unknown };
  if (!Array.isArray(module.cases)) {
    throw new UserError(`${file}: expected an export "cases", a list of cases`);
  }
  const cases = module.cases as Case[];
  for (const one of cases) {
    const problem = unknownWord(one);
    if (problem) throw new UserError(`${file}: "${one.name}": ${problem}`);
  }
  return cases;
}
