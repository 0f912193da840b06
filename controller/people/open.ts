/** Users, identity provider and audit log of a gateway, as its options say. */
import { UserError } from "../errors.ts";
import type { GatewayOptions } from "../options.ts";
import type { Store } from "../store/store.ts";
import { Audit } from "./audit.ts";
import type { People } from "./authenticate.ts";
import { isLoopback, makeFirstUser } from "./first-user.ts";
import { IdentityProvider } from "./identity-provider.ts";
import { Users } from "./users.ts";

export async function openPeople(
  options: GatewayOptions,
  store: Store,
): Promise<{ people: People; audit: Audit }> {
  const log = options.log ?? (() => {});
  for (const [i, { username, password }] of (options.users ?? []).entries())
    if (!username || !password)
      throw new UserError(`users[${i}]: expected a username and a password`);
  const users = await Users.open(store, options.users ?? [], log);
  const provider = options.identityProvider ? new IdentityProvider(options.identityProvider) : null;
  const open = !provider && isLoopback(options.host ?? "127.0.0.1");
  const passwords = options.passwords ?? true;
  if (!open && !passwords && !provider)
    throw new UserError(
      `host ${options.host}: an open management API is for loopback only; allow passwords or name an identity provider`,
    );
  if (!open && !provider) {
    const made = await makeFirstUser(users);
    const announce = options.announce ?? log;
    if (made)
      announce(`first start: user ${made.username}, password ${made.password} (shown once)`);
  }
  return {
    people: { ...{ users, passwords, provider, open, log } },
    audit: new Audit(store, options.auditKeep),
  };
}
