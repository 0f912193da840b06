/** Secrets in the store, sealed: what opens them is elsewhere. */
import type { Kysely, Selectable } from "kysely";
import { feedId } from "../../../host-sim/feed/words.ts";
import type { SecretRow, Tables } from "../schema.ts";
import type { Turns } from "../turns.ts";
import { changeOf } from "./feed-changes.ts";
import { Rows, type Database } from "./rows.ts";

export type SecretRecord = Selectable<SecretRow>;

export class SecretStore {
  readonly rows: Rows<SecretRecord>;

  constructor(
    db: Kysely<Tables>,
    private readonly turns: Turns,
  ) {
    this.rows = new Rows<SecretRecord>(db, "secrets", "handle");
  }

  /** Writes it unless `refuse` throws, which sees what no other write changes meanwhile. */
  write(
    secret: SecretRecord,
    refuse: (db: Database) => Promise<void> = async () => {},
  ): Promise<void> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      await refuse(trx);
      const former = await this.rows.put(trx, secret);
      changed(...change(secret.handle));
      wrote(former, secret);
    });
  }

  remove(handle: string): Promise<void> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      const former = await this.rows.delete(trx, handle);
      changed(...change(handle));
      wrote(former, null);
    });
  }
}

const change = (handle: string) => changeOf("Secret", handle, [feedId("secret", handle)]);
