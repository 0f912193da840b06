/** `/audit`: the audit log, newest first. */
import { Hono } from "hono";
import { UserError } from "../../errors.ts";
import type { Audit, AuditQuery } from "../../people/audit.ts";
import type { Authenticated } from "../../people/authenticate.ts";

const maxEntries = 1_000;

export function auditRoutes(audit: Audit): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.get("/", async (c) => {
    const entries = await audit.find(readQuery((name) => c.req.query(name)));
    const next = entries.at(-1)?.id;
    return c.json({
      status: "success",
      count: entries.length,
      entries,
      ...(typeof next === "number" && { next }),
    });
  });
  return app;
}

function readQuery(query: (name: string) => string | undefined): AuditQuery {
  const refuse = (field: string, expected: string): never => {
    throw new UserError("Invalid query parameter", [
      { field, message: `must be ${expected}, found "${query(field)}"` },
    ]);
  };
  const integer = (name: string, max: number): number | undefined => {
    const text = query(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    return /^\d+$/.test(text) && value >= 1 && value <= max
      ? value
      : refuse(name, `an integer from 1 to ${max}`);
  };
  const time = (name: string): string | undefined => {
    const text = query(name);
    if (text === undefined) return undefined;
    const at = new Date(text);
    return Number.isNaN(at.getTime())
      ? refuse(name, "a time such as 2030-01-31T12:00:00Z")
      : at.toISOString();
  };
  const found = {
    ...{
      actor: query("actor"),
      kind: query("kind"),
      handle: query("handle"),
      action: query("action"),
    },
    ...{
      since: time("since"),
      until: time("until"),
      before: integer("before", Number.MAX_SAFE_INTEGER),
    },
  };
  const said = Object.entries(found).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(said), limit: integer("limit", maxEntries) ?? 100 };
}
