/** What every table of small rows has: one row by its key, all of them in pages, some by their columns. */
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../schema.ts";

export type Database = Kysely<Tables> | Transaction<Tables>;
/** Kysely's types do not follow a table's name that is a variable. */
type Loose = Kysely<Record<string, Record<string, unknown>>>;

export class Rows<Row extends object> {
  constructor(
    private readonly db: Kysely<Tables>,
    private readonly table: keyof Tables & string,
    private readonly key: string,
  ) {}

  byKey(key: string, db: Database = this.db): Promise<Row | undefined> {
    return this.query(db).where(this.key, "=", key).executeTakeFirst() as Promise<Row | undefined>;
  }

  /** Rows that have these values; a value that is undefined is not looked at. */
  with(values: Partial<Row>, db: Database = this.db): Promise<Row[]> {
    let query = this.query(db).orderBy(this.key);
    for (const [column, value] of Object.entries(values))
      if (value !== undefined) query = query.where(column, "=", value);
    return query.execute() as Promise<Row[]>;
  }

  /** All rows, without holding them at once. */
  async *all(page = 1_000): AsyncGenerator<Row[]> {
    for (let after = ""; ;) {
      const query = this.query(this.db).where(this.key, ">", after);
      const rows = (await query.orderBy(this.key).limit(page).execute()) as Row[];
      if (rows.length > 0) yield rows;
      if (rows.length < page) return;
      after = String((rows.at(-1) as Record<string, unknown>)[this.key]);
    }
  }

  /** Writes a row, in place of the one with its key, which it returns. */
  async put(trx: Transaction<Tables>, row: Row): Promise<Row | null> {
    const values = row as Record<string, unknown>;
    const former = await this.byKey(String(values[this.key]), trx);
    await (trx as unknown as Loose)
      .insertInto(this.table)
      .values(values)
      .onConflict((oc) => oc.column(this.key).doUpdateSet(values))
      .execute();
    return former ?? null;
  }

  /** Returns what was there. */
  async delete(trx: Transaction<Tables>, key: string): Promise<Row | null> {
    const former = await this.byKey(key, trx);
    await (trx as unknown as Loose).deleteFrom(this.table).where(this.key, "=", key).execute();
    return former ?? null;
  }

  private query(db: Database) {
    return (db as unknown as Loose).selectFrom(this.table).selectAll();
  }
}
