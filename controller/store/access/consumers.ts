/** Consumers in the store: who they are, and what they prove it with. */
import type { Kysely, Selectable } from "kysely";
import { feedId } from "../../../host-sim/feed/words.ts";
import type { ConsumerRow, Tables } from "../schema.ts";
import type { Turns } from "../turns.ts";
import { changeOf } from "./feed-changes.ts";
import type { KeyStore } from "./keys.ts";
import { Rows, type Database } from "./rows.ts";

export type ConsumerRecord = Selectable<ConsumerRow>;

export interface HmacCredential {
  type: "hmac";
  keyId: string;
  sealed: string;
  keyVersion: string;
}

export type StoredCredential =
  | HmacCredential
  | { type: "basic"; username: string; hash: string }
  | { type: "jwt"; issuer: string; subject: string }
  | { type: "mtls"; fingerprint: string };

/** A credential that another consumer has. */
export interface TakenCredential {
  index: number;
  credential: StoredCredential;
  consumer: string;
}

export class ConsumerStore {
  readonly rows: Rows<ConsumerRecord>;

  constructor(
    db: Kysely<Tables>,
    private readonly turns: Turns,
    private readonly keys: KeyStore,
  ) {
    this.rows = new Rows<ConsumerRecord>(db, "consumers", "handle");
  }

  /**
   * Null when it is written; otherwise what another consumer has, and nothing is. `refuse` sees what no other write changes
   * meanwhile, and throws when it may not be written.
   */
  write(
    row: ConsumerRecord,
    former: ConsumerRecord | null,
    refuse: (db: Database) => Promise<void>,
  ): Promise<TakenCredential | null> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      await refuse(trx);
      const credentials = credentialsOf(row);
      const ids = credentials.map((one) => credentialId(one).toString("hex"));
      const owned = await trx
        .selectFrom("consumer_credentials")
        .selectAll()
        .where("id", "in", [...ids, ""])
        .where("consumer", "!=", row.handle)
        .executeTakeFirst();
      if (owned) {
        const index = ids.indexOf(owned.id);
        return { index, credential: credentials[index]!, consumer: owned.consumer };
      }
      await trx.deleteFrom("consumer_credentials").where("consumer", "=", row.handle).execute();
      for (const id of ids)
        await trx.insertInto("consumer_credentials").values({ id, consumer: row.handle }).execute();
      await this.rows.put(trx, row);
      changed(...change(row, former));
      wrote(former, row);
      return null;
    });
  }

  remove(row: ConsumerRecord, refuse: (db: Database) => Promise<void>): Promise<void> {
    return this.turns.take(async (turn) => {
      await refuse(turn.trx);
      await this.keys.removeAllOf(turn, "Consumer", row.handle);
      await turn.trx
        .deleteFrom("consumer_credentials")
        .where("consumer", "=", row.handle)
        .execute();
      await this.rows.delete(turn.trx, row.handle);
      turn.changed(...change(row, null));
      turn.wrote(row, null);
    });
  }
}

export const credentialsOf = ({ credentials }: ConsumerRecord): StoredCredential[] =>
  JSON.parse(credentials) as StoredCredential[];

/** Where gateways find it. */
export function credentialId(credential: StoredCredential): Buffer {
  switch (credential.type) {
    case "basic":
      return feedId("credential", "basic", credential.username);
    case "jwt":
      return feedId("credential", "jwt", credential.issuer, credential.subject);
    case "mtls":
      return feedId("credential", "mtls", credential.fingerprint);
    case "hmac":
      return feedId("credential", "hmac", credential.keyId);
  }
}

const change = (row: ConsumerRecord, former: ConsumerRecord | null) =>
  changeOf("Consumer", row.handle, [
    feedId("consumer", row.handle),
    ...[row, former].flatMap((one) => (one ? credentialsOf(one).map(credentialId) : [])),
  ]);
