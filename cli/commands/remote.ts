/** What all commands that talk to a gateway have in common. */
import { Option, type Command } from "commander";
import { stringify } from "yaml";
import type { Selection } from "../client/profiles.ts";
import type { Io } from "../io.ts";

export interface Remote extends Selection {
  output: "table" | "json" | "yaml";
  quiet?: boolean;
}

/** Gives a command the options by which a gateway and a form of output are chosen. */
export const remote = (command: Command): Command =>
  withOutput(command)
    .option("--gateway <name>", "which gateway; the one in use unless given")
    .option("--platform <name>", "which platform's gateways; the current one unless given")
    .option("--verbose", "say what is sent where; credentials are masked");

export const withOutput = (command: Command): Command =>
  command
    .addOption(
      new Option("-o, --output <form>", "how to print")
        .choices(["table", "json", "yaml"])
        .default("table"),
    )
    .option("-q, --quiet", "print nothing but errors");

/** Prints a value in the form that was asked for; `rows` is its table, with a line of titles first. */
export function show(io: Io, options: Remote, value: unknown, rows: () => string[][]): void {
  if (options.output === "json") return io.json(value);
  if (options.output === "yaml")
    return io.out(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
  io.table(rows());
}

/** A cell of a table. */
export const cell = (value: unknown): string =>
  value === undefined || value === null
    ? "-"
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** Everything that is written to this process. */
export async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

export const collect = (value: string, all: string[]): string[] => [...all, value];
