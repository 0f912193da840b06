/** `ap`: the one place that prints errors and sets the exit code. */
import { Command, CommanderError } from "commander";
import { commands } from "./commands/index.ts";
import { terminal } from "./io.ts";
import { report } from "./report.ts";

export async function main(argv: readonly string[], io = terminal()): Promise<number> {
  const program = new Command("ap")
    .description("Write, test and run policies for Envoy, and the gateway around them.")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  for (const command of commands(io)) program.addCommand(inherit(command));
  try {
    await program.parseAsync(argv, { from: "user" });
    return io.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error, io);
  }

  /** Settings of the program do not reach commands that were made apart. */
  function inherit(command: Command): Command {
    command.copyInheritedSettings(program);
    command.commands.forEach((inner) => inherit(inner as Command));
    return command;
  }
}
