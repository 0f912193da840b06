/** What may stand where the cursor is: words of the command's own tree, and names of gateways, platforms and kinds. */
import type { Argument, Command, Option } from "commander";

export interface Candidate {
  word: string;
  description: string;
}

/** Names that are known only when they are asked for; the key is where they are wanted. */
export type Names = Readonly<Record<string, () => Promise<Candidate[]>>>;

/** `words` are those behind `ap`; the last one, which may be empty, is being typed. */
export async function candidates(
  root: Command,
  words: readonly string[],
  names: Names,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? "";
  // bash hands over `--output=json` as three words.
  const before = words.slice(0, -1).filter((word) => word !== "=");
  const { command, path, rest, awaited } = walk(root, before);
  const found = awaited
    ? await valuesOf(awaited, path, names)
    : typed.startsWith("-")
      ? optionsOf(command, before)
      : [...subcommandsOf(command), ...choicesOf(command.registeredArguments[rest])];
  return found.filter(({ word }) => word.startsWith(typed));
}

interface Place {
  command: Command;
  path: string;
  /** How many arguments stand there already. */
  rest: number;
  /** The option whose value is being typed. */
  awaited: Option | null;
}

function walk(root: Command, words: readonly string[]): Place {
  let command = root;
  const path: string[] = [];
  let rest = 0;
  let awaited: Option | null = null;
  for (const word of words) {
    if (awaited) {
      awaited = null;
    } else if (word.startsWith("-")) {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      awaited = option && (option.required || option.optional) ? option : null;
    } else {
      const inner = command.commands.find((one) => one.name() === word);
      if (inner) {
        command = inner as Command;
        path.push(word);
      } else rest++;
    }
  }
  return { command, path: path.join(" "), rest, awaited };
}

const subcommandsOf = (command: Command): Candidate[] =>
  command.commands.map((one) => ({ word: one.name(), description: one.description() }));

/** Those that are not there yet, unless they may be repeated. */
const optionsOf = (command: Command, before: readonly string[]): Candidate[] =>
  command.options
    .filter(({ hidden, long, short, defaultValue }) => {
      const isThere = before.some((word) => word === long || word === short);
      return !hidden && (!isThere || Array.isArray(defaultValue));
    })
    .map(({ long, short, description }) => ({ word: long ?? short!, description }));

function choicesOf(argument: Argument | undefined): Candidate[] {
  // `<print|check>` says its values in its name.
  const said =
    argument?.argChoices ?? (argument?.name().includes("|") ? argument.name().split("|") : []);
  return said.map((word) => ({ word, description: "" }));
}

async function valuesOf(option: Option, path: string, names: Names): Promise<Candidate[]> {
  if (option.argChoices) return option.argChoices.map((word) => ({ word, description: "" }));
  const name = names[`${path} ${option.long}`] ?? names[option.long ?? ""];
  return name ? name() : [];
}
