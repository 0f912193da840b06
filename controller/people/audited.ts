/** Writes an entry of the audit log for each request that would change something, also for one that was refused. */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, MiddlewareHandler } from "hono";
import type { Log } from "../log.ts";
import { reason } from "../errors.ts";
import type { Audit } from "./audit.ts";

/** What a handler changed; handlers set it, and what none sets is known by its path only. */
export interface Change {
  kind: string;
  handle: string;
  before: unknown;
  after: unknown;
}

const actions: Record<string, string> = {
  POST: "create",
  PUT: "replace",
  PATCH: "change",
  DELETE: "delete",
};

export const noteChange = (c: Context, change: Change): void => c.set("change", change);

export function audited(audit: Audit, log: Log): MiddlewareHandler {
  return async (c, next) => {
    // The API is mounted under two paths, and what the first does not know comes to the second.
    const first = c.get("audited") !== true;
    c.set("audited", true);
    await next();
    if (!first) return;
    const action = actions[c.req.method];
    if (!action) return;
    const change = c.get("change") as Change | undefined;
    await audit
      .add({
        actor: String(c.get("user") ?? "unknown"),
        address: getConnInfo(c).remote.address ?? "",
        correlation_id: c.res.headers.get("x-correlation-id") ?? "",
        action,
        path: c.req.path.slice(0, 2_000),
        kind: change?.kind ?? null,
        handle: change?.handle ?? null,
        status: c.res.status,
        before: change?.before,
        after: change?.after,
      })
      .catch((error: unknown) => log(`the audit log cannot be written: ${reason(error)}`, "error"));
  };
}
