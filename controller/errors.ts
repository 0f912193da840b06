/**
 * The two kinds of error. A `UserError` is the caller's to fix: its message says where, what was expected and what was
 * found, and it may name several fields at once. Anything else that is thrown is ours to fix.
 */
export interface FieldError {
  /** Path from the document's root, for example `spec.operations[0].path`. */
  field: string;
  message: string;
}

/** Notes a fault of a field. */
export type Fail = (field: string, message: string) => void;

export class UserError extends Error {
  constructor(
    message: string,
    readonly fields: readonly FieldError[] = [],
  ) {
    super(message);
    this.name = "UserError";
  }
}

/** The words of whatever was thrown. */
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
