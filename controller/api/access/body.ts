/** What a request brings, and who sent it. */
import type { Context } from "hono";
import type { Caller } from "../../access/api-keys.ts";
import { parseBody } from "../../model/index.ts";
import type { Authenticated } from "../../people/authenticate.ts";

/** Null when nothing was sent. */
export async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  return text.trim() === "" ? null : parseBody(text, c.req.header("content-type"));
}

export const callerOf = (c: Context<Authenticated>): Caller => ({
  user: c.get("user"),
  isAdmin: c.get("roles").includes("admin"),
});
