/** Errors as they reach a person or a script: what is theirs to mend in few lines, ours with its stack. */
import { UserError, type FieldError } from "../controller/errors.ts";
import type { ErrorId } from "./error-ids.ts";
import { CommandError, Exit } from "./errors.ts";
import type { Io } from "./io.ts";

/** What `--output json` prints of an error, on the error stream. */
export interface Failure {
  id: ErrorId;
  message: string;
  exitCode: Exit;
  next?: string;
  fields?: readonly FieldError[];
}

export function report(error: unknown, io: Io): number {
  const failure = failureOf(error);
  if (io.jsonErrors) io.err(`${JSON.stringify({ error: failure }, null, 2)}\n`);
  else io.err(inWords(failure));
  return failure.exitCode;
}

function inWords({ id, message, next, fields = [] }: Failure): string {
  return [
    `error ${id}: ${message}`,
    ...fields.map(({ field, message }) => `  ${field}: ${message}`),
    ...(next ? [`  try: ${next}`] : []),
    "",
  ].join("\n");
}

function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) {
    const { id, message, exitCode, next, fields } = error;
    return { id, message, exitCode, ...(next && { next }), ...(fields.length > 0 && { fields }) };
  }
  const exitCode = Exit.Failed;
  if (error instanceof UserError) {
    const { message, fields } = error;
    return { id: "AP-INVALID", message, exitCode, ...(fields.length > 0 && { fields }) };
  }
  // Named, not imported: the simulator is only loaded by the commands that use it.
  if (error instanceof Error && error.name === "SimulatorError")
    return { id: "AP-MODULE", message: error.message, exitCode };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (systemErrors.has(code))
    return { id: "AP-SYSTEM", message: (error as Error).message, exitCode };
  const stack = error instanceof Error ? error.stack : String(error);
  return { id: "AP-BUG", message: `ap failed, and this is not your doing:\n${stack}`, exitCode };
}

/** What this machine refuses. */
const systemErrors = new Set(["EADDRINUSE", "EACCES", "ENOENT", "EISDIR", "ENOTDIR", "ENOSPC"]);
