/**
 * A policy's README: what `policy.yaml` says, the cases that are marked as examples, and what neither can say, if the
 * folder has a `NOTES.md`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDefinition } from "../build/definition.ts";
import { loadCases } from "../cases/load.ts";
import { majorOf, sectionOf } from "./document.ts";
import { exampleText } from "./examples.ts";
import { code, inCell, table } from "./markdown.ts";
import { rowsOf, type Schema } from "./parameters.ts";
import { refusalsOf } from "./refusals.ts";

export const readmeFile = (folder: string): string => join(folder, "README.md");

export async function readmeOf(folder: string): Promise<string> {
  const definition = await readDefinition(folder);
  const { name, version, displayName, description, parameters, systemParameters } = definition;
  const cases = await loadCases(folder);
  const examples = cases.filter((one) => one.example);
  const refusals = refusalsOf(cases);
  const notes = await readFile(join(folder, "NOTES.md"), "utf8").catch(() => "");
  const parts = [
    '<!-- Written by "ap policy docs" from policy.yaml and cases.ts. Changes here are lost. -->',
    `# ${displayName}`,
    `Policy \`${name}\`, version \`${majorOf(definition)}\` (${version}).`,
    description,
    "## Parameters",
    ...tableOf(parameters),
    ...(systemParameters
      ? [
          "## From the gateway's configuration",
          `Keys of \`policy_configurations.${sectionOf(definition)}\`; an API cannot set them.`,
          ...tableOf(systemParameters),
        ]
      : []),
    ...(refusals.length > 0
      ? [
          "## What it answers by itself",
          table(
            ["status", "message", "shown by the case"],
            refusals.map(([status, message, shownBy]) => [
              status,
              inCell(message),
              inCell(shownBy),
            ]),
          ),
        ]
      : []),
    ...(examples.length > 0 ? ["## Examples"] : []),
    ...(await Promise.all(examples.map((one) => exampleText(one, definition)))),
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
