/** What a request brings, and who sent it. */
import type { Context } from "hono";
import type { Caller } from "../../access/api-keys.ts";
import { UserError } from "../../errors.ts";
import { parseBody } from "../../model/body.ts";
import type { Authenticated } from "../../people/authenticate.ts";

/** Null when nothing was sent. */
export async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === "") return null;
  try {
    return parseBody(text, c.req.header("content-type"));
  } catch {
    // The parser's words may quote what was sent.
    throw new UserError("Failed to parse the body: expected JSON or YAML");
  }
}

export const callerOf = (c: Context<Authenticated>): Caller => ({
  user: c.get("user"),
  isAdmin: c.get("roles").includes("admin"),
});
