/** What routes of the management API say about their callers. */
import type { MiddlewareHandler } from "hono";
import { authorize, type Authenticated } from "../people/authenticate.ts";
import type { Role } from "../people/roles.ts";
import type { ConfiguredUser } from "../people/users.ts";

export type { Authenticated, ConfiguredUser as User, Role };

/** Stricter than the table of roles, for a single route. */
export const requireRole = (...allowed: Role[]): MiddlewareHandler<Authenticated> =>
  authorize(() => allowed);
