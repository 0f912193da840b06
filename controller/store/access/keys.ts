/** API keys in the store. Who may do what is decided elsewhere; here they are only kept. */
import type { Kysely, Selectable } from "kysely";
import { changeOf, everything, keyIds } from "./feed-changes.ts";
import { eachFedKey, type Dialect, type FedKey } from "./fed-keys.ts";
import { ownerExists } from "./owner.ts";
import { Rows, type Database } from "./rows.ts";
import type { ApiKeyRow, Tables } from "../schema.ts";
import type { Turn, Turns } from "../turns.ts";

export type ApiKey = Selectable<ApiKeyRow>;

/** What a key opens. */
export interface KeyOwner {
  kind: string;
  handle: string;
}

/** With more keys, each follower's reading everything anew is less work than as many single changes. */
const singlyRemoved = 1_000;

export class KeyStore {
  readonly rows: Rows<ApiKey>;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly turns: Turns,
    private readonly dialect: Dialect,
  ) {
    this.rows = new Rows<ApiKey>(db, "api_keys", "uuid");
  }

  /** All of them, as the feed has them. */
  eachFed(each: (key: FedKey) => void): Promise<void> {
    return eachFedKey(this.db, this.dialect, each);
  }

  /** Those that are good now; `by` leaves only one creator's. */
  active({ kind, handle }: KeyOwner, by?: string, db: Database = this.db): Promise<ApiKey[]> {
    const query = this.of(db, kind, handle)
      .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now())]))
      .orderBy("created_at")
      .orderBy("uuid");
    return (by === undefined ? query : query.where("created_by", "=", by)).execute();
  }

  named(
    { kind, handle }: KeyOwner,
    name: string,
    db: Database = this.db,
  ): Promise<ApiKey | undefined> {
    return this.of(db, kind, handle).where("name", "=", name).executeTakeFirst();
  }

  /** A key with the same value, now or before, where it would be looked for. */
  async hasValue(
    db: Database,
    { kind, handle }: KeyOwner,
    hash: string,
    except = "",
  ): Promise<boolean> {
    const all = db.selectFrom("api_keys").selectAll().where("kind", "=", kind);
    // Gateways do not know whose key of a consumer it is before they have found it.
    const found = await (kind === "Consumer" ? all : all.where("handle", "=", handle))
      .where((eb) => eb.or([eb("hash", "=", hash), eb("old_hash", "=", hash)]))
      .where("uuid", "!=", except)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** What is read in a turn stays so until it ends: whoever writes by what he read does both in one. */
  inTurn<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    return this.turns.take(work);
  }

  /**
   * Writes a key, in place of another one if it is told which, as it was read in the same turn: gateways lose what it was
   * found by. False when what it opens is gone.
   */
  async put(
    { trx, changed, wrote }: Turn,
    key: ApiKey,
    former: ApiKey | null = null,
  ): Promise<boolean> {
    if (!(await ownerExists(trx, key))) return false;
    if (former) await trx.deleteFrom("api_keys").where("uuid", "=", former.uuid).execute();
    await trx.insertInto("api_keys").values(key).execute();
    const ids = [...keyIds(key), ...(former ? keyIds(former) : [])];
    changed(...changeOf("ApiKey", key.uuid, ids));
    wrote(former, key);
    return true;
  }

  /** A key as it was read in the same turn. */
  async remove({ trx, changed, wrote }: Turn, key: ApiKey): Promise<void> {
    await trx.deleteFrom("api_keys").where("uuid", "=", key.uuid).execute();
    changed(...changeOf("ApiKey", key.uuid, keyIds(key)));
    wrote(key, null);
  }

  /** As part of the removal of what they open. */
  async removeAllOf({ trx, changed }: Turn, kind: string, handle: string): Promise<void> {
    const keys = await this.of(trx, kind, handle)
      .limit(singlyRemoved + 1)
      .execute();
    if (keys.length === 0) return;
    await trx
      .deleteFrom("api_keys")
      .where("kind", "=", kind)
      .where("handle", "=", handle)
      .execute();
    if (keys.length > singlyRemoved) return changed(...everything);
    for (const key of keys) changed(...changeOf("ApiKey", key.uuid, keyIds(key)));
  }

  /** Keys that ended before a time, or whose former value did; at most a thousand at once. */
  ended(before: string, db: Database): Promise<ApiKey[]> {
    return db
      .selectFrom("api_keys")
      .selectAll()
      .where((eb) => eb.or([eb("expires_at", "<", before), eb("old_until", "<", before)]))
      .limit(1_000)
      .execute();
  }

  private of(db: Database, kind: string, handle: string) {
    return db
      .selectFrom("api_keys")
      .selectAll()
      .where("kind", "=", kind)
      .where("handle", "=", handle);
  }
}

const now = () => new Date().toISOString();
