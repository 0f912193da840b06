/** Who may call the management API: Basic credentials from the configuration, and the roles they carry. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { UserError } from "../errors.ts";

export type Role = "admin" | "developer" | "consumer";

export interface User {
  username: string;
  password: string;
  roles: Role[];
}

export type Authenticated = { Variables: { user: string; roles: Role[] } };

/** No users: everything is open, as admin. */
export function basicAuth(users: readonly User[]): MiddlewareHandler<Authenticated> {
  users.forEach(({ username, password }, i) => {
    if (!username || !password)
      throw new UserError(`users[${i}]: expected a username and a password`);
  });
  return async (c, next) => {
    if (users.length === 0) {
      c.set("user", "anonymous");
      c.set("roles", ["admin"]);
      return next();
    }
    const header = c.req.header("authorization");
    const denied = (code: string, message: string) => {
      c.header("WWW-Authenticate", 'Basic realm="Sluice", charset="UTF-8"');
      return c.json({ code, message }, 401);
    };
    if (!header) return denied("skip_authz", "no credentials were sent");
    const [, encoded] = /^basic +([a-z0-9+/=]+)$/i.exec(header) ?? [];
    if (!encoded) return denied("authentication_failed", "expected Basic credentials");
    const [username = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const user = users.find((candidate) => same(candidate.username, username));
    // The password is compared even without a user, so that the time does not tell which names exist.
    const matches = same(user?.password ?? "", rest.join(":"));
    if (!user || !matches) return denied("authentication_failed", "the credentials are not valid");
    c.set("user", user.username);
    c.set("roles", user.roles);
    return next();
  };
}

export const requireRole =
  (...allowed: Role[]): MiddlewareHandler<Authenticated> =>
  async (c, next) => {
    if (c.get("roles").some((role) => allowed.includes(role))) return next();
    return c.json(
      { code: "forbidden", message: `needs one of the roles ${allowed.join(", ")}` },
      403,
    );
  };

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
