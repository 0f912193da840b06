/** What ends a command, with the exit code that scripts rely on. */
import type { FieldError } from "../controller/errors.ts";
import type { ErrorId } from "./error-ids.ts";

export enum Exit {
  Done = 0,
  Failed = 1,
  Usage = 2,
  NotFound = 3,
  Conflict = 4,
  Unreachable = 5,
}

export class CommandError extends Error {
  constructor(
    readonly id: ErrorId,
    message: string,
    readonly exitCode: Exit = Exit.Failed,
    /** What to do about it. */
    readonly next: string = "",
    readonly fields: readonly FieldError[] = [],
  ) {
    super(message);
  }
}

export const usage = (message: string, next = ""): CommandError =>
  new CommandError("AP-USAGE", message, Exit.Usage, next);
