/**
 * A policy's README: what `policy.yaml` says, the cases that are marked as examples, and what neither can say, if the
 * folder has a `NOTES.md`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDefinition } from "../build/definition.ts";
import { loadCases } from "../cases/load.ts";
import { exampleText } from "./examples.ts";
import { code, inCell, table } from "./markdown.ts";
import { rowsOf, type Schema } from "./parameters.ts";

export const readmeFile = (folder: string): string => join(folder, "README.md");

export async function readmeOf(folder: string): Promise<string> {
  const { name, version, displayName, description, parameters, systemParameters } =
    await readDefinition(folder);
  const major = `v${version.split(".")[0]}`;
  const examples = (await loadCases(folder)).filter((one) => one.example);
  const notes = await readFile(join(folder, "NOTES.md"), "utf8").catch(() => "");
  const owner = (systemParameters as { "x-sluice-configuration"?: string } | undefined)?.[
    "x-sluice-configuration"
  ];
  const section = `${owner ?? name.replaceAll("-", "")}_${major}`;
  const parts = [
    '<!-- Written by "ap policy docs" from policy.yaml and cases.ts. Changes here are lost. -->',
    `# ${displayName}`,
    `Policy \`${name}\`, version \`${major}\` (${version}).`,
    description,
    "## Parameters",
    ...tableOf(parameters),
    ...(systemParameters
      ? [
          "## From the gateway's configuration",
          `Keys of \`policy_configurations.${section}\`; an API cannot set them.`,
          ...tableOf(systemParameters),
        ]
      : []),
    ...(examples.length > 0 ? ["## Examples"] : []),
    ...examples.map((one) => exampleText(one, { name, version: major })),
    ...(notes ? [notes.trim()] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function tableOf(schema: Schema): string[] {
  const rows = rowsOf(schema);
  if (rows.length === 0) return ["None."];
  const fewest = schema.minProperties ? [`At least ${schema.minProperties} of them is set.`] : [];
  return [
    ...fewest,
    table(
      ["parameter", "type", "default", ""],
      rows.map(([path, type, absent, text]) => [code(path), type, absent, inCell(text)]),
    ),
  ];
}
