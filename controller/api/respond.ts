/** How answers of the management API look: errors with their fields, resources with their status. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Log } from "../log.ts";
import { reason, UserError, type FieldError } from "../errors.ts";
import { Clash, Missing } from "../access/refusals.ts";
import { Unaudited } from "../people/audited.ts";
import { Unsupported } from "./request/body.ts";
import { Conflict } from "../store/expected.ts";

export const problem = (
  c: Context,
  status: ContentfulStatusCode,
  message: string,
  errors: readonly FieldError[] = [],
) => c.json({ status: "error", message, ...(errors.length > 0 && { errors }) }, status);

const statusOf = { handle: 409, displayName: 409, revision: 412, gone: 404 } as const;

/** The answer to whatever a handler threw. */
export function failure(c: Context, error: unknown, log?: Log) {
  if (error instanceof UserError) return problem(c, 400, error.message, error.fields);
  if (error instanceof Unsupported) {
    c.header("Accept-Encoding", "identity");
    return problem(c, 415, error.message);
  }
  if (error instanceof Conflict) return problem(c, statusOf[error.field], error.message);
  if (error instanceof Missing) return problem(c, 404, error.message);
  if (error instanceof Clash)
    return problem(c, 409, error.message, [{ field: error.field, message: error.message }]);
  if (isStoreAway(error))
    return problem(c, 503, "the store cannot be reached or written; try again");
  if (error instanceof Unaudited) {
    log?.(`${c.req.method} ${c.req.path}: ${error.message}: ${reason(error.cause)}`, "error");
    return problem(c, 503, error.message);
  }
  log?.(`${c.req.method} ${c.req.path}: ${reason(error)}`, "error");
  return problem(c, 500, "internal server error");
}

/** Errors of a connection to PostgreSQL, by its classes and the system's codes; a full or failing disk under SQLite. */
const awayCodes =
  /^(08|53|57P)|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)|^(ENOSPC|EDQUOT|EROFS|EIO)$|^ERR_SQLITE/;

function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  const away =
    /connection terminated|timeout exceeded when trying to connect|not queryable|disk is full/i;
  return (typeof code === "string" && awayCodes.test(code)) || away.test(error.message);
}
