/** Users: those of the configuration, which only the configuration changes, and those in the store. */
import type { Transaction } from "kysely";
import type { Log } from "../log.ts";
import { reason, UserError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { Tables, UserRow } from "../store/schema.ts";
import { hashPassword, isBcrypt } from "./password.ts";
import type { Role } from "./roles.ts";

export interface ConfiguredUser {
  username: string;
  /** As it is, or as its bcrypt hash. */
  password: string;
  roles: Role[];
}

export interface User {
  username: string;
  hash: string;
  roles: Role[];
  configured: boolean;
}

/** How long what another controller changed may go unnoticed. */
const freshMs = 1_000;

export class Users {
  private readonly configured = new Map<string, User>();
  /** What the store said last: without its database a gateway can still be looked at. */
  private stored: User[] = [];
  private readAt = -Infinity;
  private storeAway = false;

  private constructor(
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  /** Hashes what is configured as it is: from here on there are only hashes. */
  static async open(store: Store, configured: readonly ConfiguredUser[], log: Log): Promise<Users> {
    const users = new Users(store, log);
    for (const { username, password, roles } of configured) {
      const hash = isBcrypt(password) ? password : await hashPassword(password);
      users.configured.set(username, { username, hash, roles, configured: true });
    }
    await users.read();
    // To take an unread list for an empty one would open the port to everybody.
    if (users.storeAway) throw new UserError("the users cannot be read from the store");
    return users;
  }

  async find(username: string): Promise<User | null> {
    return (await this.list()).find((user) => user.username === username) ?? null;
  }

  async list(): Promise<User[]> {
    if (performance.now() - this.readAt > freshMs) {
      const reading = this.read();
      // While the database is away nobody waits for it.
      if (!this.storeAway) await reading;
    }
    const own = this.stored.filter(({ username }) => !this.configured.has(username));
    return [...this.configured.values(), ...own];
  }

  /** False when the name is taken, also by another controller a moment ago. */
  async create(username: string, password: string, roles: Role[]): Promise<boolean> {
    if (this.configured.has(username)) return false;
    const now = new Date().toISOString();
    const row: UserRow = {
      ...{ username, password_hash: await hashPassword(password), roles: JSON.stringify(roles) },
      ...{ created_at: now, updated_at: now },
    };
    const isNew = await this.store.inTurn(async ({ trx, wrote }) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto("users")
        .values(row)
        .onConflict((oc) => oc.column("username").doNothing())
        .executeTakeFirst();
      if (Number(numInsertedOrUpdatedRows) === 0) return false;
      wrote(null, fromRow(row));
      return true;
    });
    await this.read();
    return isNew;
  }

  /** False when there is no such user in the store. */
  async change(username: string, to: { password?: string; roles?: Role[] }): Promise<boolean> {
    const changed = {
      ...(to.password !== undefined && { password_hash: await hashPassword(to.password) }),
      ...(to.roles && { roles: JSON.stringify(to.roles) }),
      updated_at: new Date().toISOString(),
    };
    return this.replace(username, async (trx, before) => {
      await trx.updateTable("users").set(changed).where("username", "=", username).execute();
      return { ...before, ...changed };
    });
  }

  async remove(username: string): Promise<boolean> {
    return this.replace(username, async (trx) => {
      await trx.deleteFrom("users").where("username", "=", username).execute();
      return null;
    });
  }

  /** False when there is no such user in the store. */
  private async replace(
    username: string,
    by: (trx: Transaction<Tables>, before: UserRow) => Promise<UserRow | null>,
  ): Promise<boolean> {
    const isThere = await this.store.inTurn(async ({ trx, wrote }) => {
      const found = trx.selectFrom("users").selectAll().where("username", "=", username);
      const before = await found.executeTakeFirst();
      if (!before) return false;
      const after = await by(trx, before);
      wrote(fromRow(before), after && fromRow(after));
      return true;
    });
    await this.read();
    return isThere;
  }

  private async read(): Promise<void> {
    this.readAt = performance.now();
    try {
      const rows = await this.store.db
        .selectFrom("users")
        .selectAll()
        .orderBy("username")
        .execute();
      this.stored = rows.map(fromRow);
      this.storeAway = false;
    } catch (error) {
      if (!this.storeAway)
        this.log(`users cannot be read; those known before count: ${reason(error)}`, "error");
      this.storeAway = true;
    }
  }
}

const fromRow = ({ username, password_hash: hash, roles }: UserRow): User => ({
  ...{ username, hash },
  roles: JSON.parse(roles) as Role[],
  configured: false,
});
