/**
 * Who calls a management port: Basic credentials or a token of the identity provider, and whether their roles suffice.
 * Errors have the contract's shape `{code, message}`.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, MiddlewareHandler } from "hono";
import type { Log } from "../log.ts";
import { Failures } from "./failures.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import { Passwords, standIn } from "./password.ts";
import type { Role } from "./roles.ts";
import type { Users } from "./users.ts";

export type Authenticated = { Variables: { user: string; roles: Role[] } };

export interface People {
  users: Users;
  /** False: Basic credentials are refused. */
  passwords: boolean;
  provider: IdentityProvider | null;
  /** Everybody is admin while there is no user: only where nobody but this machine can reach the port. */
  open: boolean;
  log: Log;
}

type Caller = { user: string; roles: Role[] };
type Refusal = { status: 401 | 429 | 503; code: string; message: string };

const refusal = (
  message: string,
  code = "authentication_failed",
  status: Refusal["status"] = 401,
): Refusal => ({
  ...{ status, code, message },
});

export function authenticate(people: People): MiddlewareHandler<Authenticated> {
  const { users, provider, open, log } = people;
  const passwords = new Passwords();
  const failures = new Failures();
  const hashes = async () => (await users.list()).map(({ hash }) => hash);

  async function basic(encoded: string, address: string): Promise<Caller | Refusal> {
    if (!people.passwords) return refusal("expected a Bearer token");
    const [username = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const user = await users.find(username);
    const password = rest.join(":");
    const caller = user && { user: username, roles: user.roles };
    if (caller && passwords.remembered(password, user.hash)) return caller;
    if (failures.blocked(address))
      return refusal("too many wrong credentials from this address; wait a minute", undefined, 429);
    const hash = user?.hash ?? standIn(username, await hashes());
    const right = await passwords.check(password, hash);
    if (caller && right) return caller;
    failures.note(address);
    return refusal("the credentials are not valid");
  }

  async function bearer(token: string): Promise<Caller | Refusal> {
    if (!provider) return refusal("expected Basic credentials");
    const verdict = await provider.verify(token);
    if ("refused" in verdict) return refusal(verdict.refused);
    if ("unavailable" in verdict) return refusal(verdict.unavailable, undefined, 503);
    return verdict;
  }

  async function identify(c: Context, address: string): Promise<Caller | Refusal> {
    const header = c.req.header("authorization");
    if (!header) return refusal("no credentials were sent", "skip_authz");
    const [, scheme, value] = /^(basic|bearer) +([A-Za-z0-9+/=._~-]+)$/i.exec(header) ?? [];
    if (!scheme || !value) return refusal("expected Basic or Bearer credentials");
    return scheme.toLowerCase() === "basic" ? basic(value, address) : bearer(value);
  }

  return async (c, next) => {
    if (open && (await users.list()).length === 0) {
      c.set("user", "anonymous");
      c.set("roles", ["admin"]);
      return next();
    }
    const address = getConnInfo(c).remote.address ?? "";
    const caller = await identify(c, address);
    if ("user" in caller) {
      c.set("user", caller.user);
      c.set("roles", caller.roles);
      return next();
    }
    const { status, code, message } = caller;
    if (code === "authentication_failed") log(`management: refused ${address}: ${message}`);
    if (status === 401) c.header("WWW-Authenticate", 'Basic realm="Sluice", charset="UTF-8"');
    return c.json({ code, message }, status);
  };
}

/** Lets a caller through who has one of the roles that the path and method need. */
export const authorize =
  (allowed: (c: Context) => readonly Role[]): MiddlewareHandler<Authenticated> =>
  async (c, next) => {
    const needed = allowed(c);
    if (c.get("roles").some((role) => needed.includes(role))) return next();
    return c.json(
      { code: "forbidden", message: `needs one of the roles ${needed.join(", ")}` },
      403,
    );
  };
