/** `ap`: the one place that prints errors and sets the exit code. */
import { Command, CommanderError } from "commander";
import { commands } from "./commands/index.ts";
import { terminal } from "./io.ts";
import { Exit, usage } from "./errors.ts";
import { report } from "./report.ts";

export async function main(argv: readonly string[], io = terminal()): Promise<number> {
  if (argv[0] === "__complete") {
    const { complete } = await import("./completion/complete.ts");
    return complete(argv.slice(1), io).then(() => Exit.Done);
  }
  io.jsonErrors = asksForJson(argv);
  // As of most commands; it says no more than the verb does.
  if (/^(-V|-v|--version)$/.test(argv[0] ?? "")) argv = ["version", ...argv.slice(1)];
  const program = new Command("ap")
    .description("Write, test and run policies for Envoy, and the gateway around them.")
    .showSuggestionAfterError()
    .showHelpAfterError("  try: ap --help")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      // As JSON it is written once, below.
      writeErr: (text) => !io.jsonErrors && io.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, "error AP-USAGE: ")),
    })
    .hook("preAction", async (_, action) => {
      const { output, quiet, verbose } = action.opts<Record<string, unknown>>();
      // `ap dev`, which has no form of output, has a --quiet of its own.
      io.quiet = quiet === true && output !== undefined;
      io.verbose = verbose === true;
      if (io.jsonErrors || !action.options.some(({ long }) => long === "--platform")) return;
      const { warnIfReadable } = await import("./client/profiles.ts");
      await warnIfReadable(io.err);
    });
  for (const command of commands(io)) program.addCommand(inherit(command, "ap"));
  try {
    await program.parseAsync(argv, { from: "user" });
    return io.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, io);
    if (error.exitCode === 0) return Exit.Done;
    const message = error.message.replace(/^error: /, "");
    return io.jsonErrors ? report(usage(message), io) : Exit.Usage;
  }

  /** Settings of the program do not reach commands that were made apart. */
  function inherit(command: Command, above: string): Command {
    const path = `${above} ${command.name()}`;
    command.copyInheritedSettings(program).showHelpAfterError(`  try: ${path} --help`);
    command.commands.forEach((inner) => inherit(inner as Command, path));
    return command;
  }
}

/** Known before the options are read: they may be what is wrong. */
const asksForJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, i) =>
      /^(--json|--output=json|--format=json|-o=?json)$/.test(word) ||
      (word === "json" && /^(--output|--format|-o)$/.test(argv[i - 1] ?? "")),
  );
