/** The page of commands: commander's own tree, one section for each verb. */
import type { Argument, Command, Option } from "commander";
import { commands } from "../../commands/index.ts";
import { io } from "../../io.ts";
import { code, inCell, page, table } from "../markdown.ts";

export function commandsPage(): string {
  const silent = io(
    () => {},
    () => {},
  );
  return page(
    "# Commands",
    "`ap --help` and `ap <command> --help` print the same. [Errors](errors.md) has the exit codes.",
    ...commands(silent).flatMap((command) => sections(command, ["ap"])),
  );
}

/** The verb's own section, or those of the verbs below it. */
function sections(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()];
  if (command.commands.length > 0)
    return command.commands.flatMap((inner) => sections(inner as Command, path));
  const shown = command.registeredArguments.map(argument);
  return [
    `## ${code([...path, ...shown].join(" "))}`,
    `${sentence(command.description())}`,
    parameters(command),
  ];
}

const argument = (one: Argument): string => {
  const name = one.name() + (one.variadic ? "..." : "");
  return one.required ? `<${name}>` : `[${name}]`;
};

function parameters(command: Command): string {
  const rows = [
    ...command.registeredArguments
      .filter(({ description }) => description)
      .map((one) => [code(argument(one)), inCell(one.description), ""]),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map((one) => [code(one.flags), inCell(described(one)), absent(one)]),
  ];
  return rows.length > 0 ? table(["", "is", "default"], rows) : "";
}

const described = ({ description, argChoices }: Option): string =>
  argChoices ? `${description}: ${argChoices.join(", ")}` : description;

function absent({ mandatory, defaultValue, negate }: Option): string {
  if (mandatory && defaultValue === undefined) return "required";
  if (negate || defaultValue === undefined || defaultValue === "") return "";
  if (Array.isArray(defaultValue) && defaultValue.length === 0) return "";
  return code(String(defaultValue));
}

const sentence = (text: string): string =>
  text && `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
