/** Users: those of the configuration, which only the configuration changes, and those in the store. */
import type { Store } from "../store/store.ts";
import type { UserRow } from "../store/schema.ts";
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

export class Users {
  private readonly configured = new Map<string, User>();

  private constructor(private readonly store: Store) {}

  /** Hashes what is configured as it is: from here on there are only hashes. */
  static async open(store: Store, configured: readonly ConfiguredUser[]): Promise<Users> {
    const users = new Users(store);
    for (const { username, password, roles } of configured) {
      const hash = isBcrypt(password) ? password : await hashPassword(password);
      users.configured.set(username, { username, hash, roles, configured: true });
    }
    return users;
  }

  async find(username: string): Promise<User | null> {
    const configured = this.configured.get(username);
    if (configured) return configured;
    const row = await this.rows().where("username", "=", username).executeTakeFirst();
    return row ? fromRow(row) : null;
  }

  async any(): Promise<boolean> {
    if (this.configured.size > 0) return true;
    return (await this.rows().limit(1).executeTakeFirst()) !== undefined;
  }

  async list(): Promise<User[]> {
    const stored = await this.rows().orderBy("username").execute();
    const own = stored.filter(({ username }) => !this.configured.has(username));
    return [...this.configured.values(), ...own.map(fromRow)];
  }

  /** False when the name is taken, also by another controller a moment ago. */
  async create(username: string, password: string, roles: Role[]): Promise<boolean> {
    if (this.configured.has(username)) return false;
    const now = new Date().toISOString();
    const { numInsertedOrUpdatedRows } = await this.store.db
      .insertInto("users")
      .values({
        username,
        password_hash: await hashPassword(password),
        roles: JSON.stringify(roles),
        created_at: now,
        updated_at: now,
      })
      .onConflict((oc) => oc.column("username").doNothing())
      .executeTakeFirst();
    return Number(numInsertedOrUpdatedRows) > 0;
  }

  /** False when there is no such user in the store. */
  async change(username: string, to: { password?: string; roles?: Role[] }): Promise<boolean> {
    const { numUpdatedRows } = await this.store.db
      .updateTable("users")
      .set({
        ...(to.password !== undefined && { password_hash: await hashPassword(to.password) }),
        ...(to.roles && { roles: JSON.stringify(to.roles) }),
        updated_at: new Date().toISOString(),
      })
      .where("username", "=", username)
      .executeTakeFirst();
    return Number(numUpdatedRows) > 0;
  }

  async remove(username: string): Promise<boolean> {
    const { numDeletedRows } = await this.store.db
      .deleteFrom("users")
      .where("username", "=", username)
      .executeTakeFirst();
    return Number(numDeletedRows) > 0;
  }

  private rows() {
    return this.store.db.selectFrom("users").selectAll();
  }
}

const fromRow = ({ username, password_hash: hash, roles }: UserRow): User => ({
  ...{ username, hash },
  roles: JSON.parse(roles) as Role[],
  configured: false,
});
