/** Authorities that upstreams may have beside those of the machine: kept in the store, brought to Envoys as one secret. */
import { randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { CertificateRow } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import type { BundleFacts } from "./bundle.ts";

export type Certificate = Selectable<CertificateRow>;

export class Certificates {
  private rows: Certificate[] = [];

  constructor(
    private readonly store: Store,
    /** Called with all bundles together, empty for none. */
    private readonly serve: (pem: string) => void,
  ) {}

  /** Reads the store and serves what is there. */
  async load(): Promise<void> {
    this.rows = await this.store.db
      .selectFrom("certificates")
      .selectAll()
      .orderBy("name")
      .execute();
    this.serve(this.rows.map(({ pem }) => pem).join(""));
  }

  list(): readonly Certificate[] {
    return this.rows;
  }

  totalBytes(): number {
    return this.rows.reduce((sum, { pem }) => sum + Buffer.byteLength(pem), 0);
  }

  /** Null when the name is taken. */
  async add(name: string, pem: string, facts: BundleFacts): Promise<Certificate | null> {
    const row: Certificate = {
      ...{ id: randomUUID(), name, pem },
      ...{ subject: facts.subject, issuer: facts.issuer, not_after: facts.notAfter },
      ...{ count: facts.count, created_at: new Date().toISOString() },
    };
    const written = await this.store.inTurn(async ({ trx, changed, wrote }) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto("certificates")
        .values(row)
        .onConflict((oc) => oc.column("name").doNothing())
        .executeTakeFirst();
      if (Number(numInsertedOrUpdatedRows) === 0) return false;
      changed("Certificate", row.id);
      wrote(null, row);
      return true;
    });
    await this.load();
    return written ? row : null;
  }

  /** What was removed; null when there is none. */
  async remove(id: string): Promise<Certificate | null> {
    const row = this.rows.find((one) => one.id === id);
    if (!row) return null;
    await this.store.inTurn(async ({ trx, changed, wrote }) => {
      await trx.deleteFrom("certificates").where("id", "=", id).execute();
      changed("Certificate", id);
      wrote(row, null);
    });
    await this.load();
    return row;
  }
}
