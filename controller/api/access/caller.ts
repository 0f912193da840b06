/** Who sent a request. */
import type { Context } from "hono";
import type { Caller } from "../../access/api-keys.ts";
import type { Authenticated } from "../../people/authenticate.ts";

export const callerOf = (c: Context<Authenticated>): Caller => ({
  user: c.get("user"),
  isAdmin: c.get("roles").includes("admin"),
});
