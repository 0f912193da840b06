/** Errors as they reach a person: what is theirs to mend in one line each, ours with its stack. */
import { UserError } from "../controller/errors.ts";
import { CommandError } from "./errors.ts";
import type { Io } from "./io.ts";

export function report(error: unknown, io: Io): number {
  if (error instanceof CommandError) {
    io.err(`error ${error.id}: ${error.message}\n`);
    for (const { field, message } of error.fields) io.err(`  ${field}: ${message}\n`);
    if (error.next) io.err(`  try: ${error.next}\n`);
    return error.exitCode;
  }
  if (error instanceof UserError) {
    io.err(`error: ${error.message}\n`);
    for (const { field, message } of error.fields) io.err(`  ${field}: ${message}\n`);
    return 1;
  }
  // Named, not imported: the simulator is only loaded by the commands that use it.
  if (error instanceof Error && error.name === "SimulatorError") {
    io.err(`error: ${error.message}\n`);
    return 1;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE" || code === "EACCES" || code === "ENOENT") {
    io.err(`error: ${(error as Error).message}\n`);
    return 1;
  }
  io.err(
    `ap failed, and this is not your doing:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}
