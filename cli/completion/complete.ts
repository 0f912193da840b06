/** `ap __complete`: what the scripts for shells ask at each press of the tab key. It asks no gateway. */
import { Command } from "commander";
import { commands } from "../commands/index.ts";
import type { Io } from "../io.ts";
import { candidates, type Candidate, type Names } from "./candidates.ts";

export async function complete(words: readonly string[], io: Io): Promise<void> {
  const root = new Command("ap");
  for (const command of commands(io)) root.addCommand(command);
  // A broken file of gateways is for other commands to complain about.
  const found = await candidates(root, words, names).catch(() => []);
  for (const { word, description } of found)
    io.line(description ? `${word}\t${description}` : word);
}

async function gateways(): Promise<Candidate[]> {
  const { platformOf } = await import("../client/profiles.ts");
  const { gateways = {} } = await platformOf({});
  return Object.entries(gateways).map(([word, { server }]) => ({ word, description: server }));
}

async function platforms(): Promise<Candidate[]> {
  const { listPlatforms } = await import("../client/platforms.ts");
  return (await listPlatforms()).map(({ name, gateways }) => ({
    word: name,
    description: `${gateways.length} gateways`,
  }));
}

async function kinds(): Promise<Candidate[]> {
  const { kindRows } = await import("../client/kinds.ts");
  return kindRows
    .filter(({ form }) => form === "document")
    .map(({ kind }) => ({ word: kind, description: "" }));
}

async function rules(): Promise<Candidate[]> {
  const { rules } = await import("../lint/rules.ts");
  return rules.map(({ id, summary }) => ({ word: id, description: summary }));
}

const names: Names = {
  "--gateway": gateways,
  "gateway use --display-name": gateways,
  "gateway remove --display-name": gateways,
  "gateway health --display-name": gateways,
  "--platform": platforms,
  "platform use --display-name": platforms,
  "platform remove --display-name": platforms,
  "--kind": kinds,
  "lint --explain": rules,
};
