/** The audit log: who changed what, when, from where, with before and after, without secrets. */
import type { Selectable } from "kysely";
import type { Database } from "../store/access/rows.ts";
import type { AuditRow } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { redact } from "./redact.ts";

export interface AuditEntry extends Omit<Selectable<AuditRow>, "id" | "at" | "before" | "after"> {
  before: unknown;
  after: unknown;
}

export interface AuditQuery {
  actor?: string;
  kind?: string;
  handle?: string;
  action?: string;
  since?: string;
  until?: string;
  /** Entries older than this one. */
  before?: number;
  limit: number;
}

/** Old entries go with every so many new ones. */
const sweepEvery = 100;

export class Audit {
  constructor(
    private readonly store: Store,
    private readonly keep = 100_000,
  ) {}

  /** Writes an entry, in place of `former` if that is given, and returns its number; within a transaction as part of it. */
  async write(
    entry: AuditEntry,
    { db = this.store.db, former }: { db?: Database; former?: number | undefined } = {},
  ): Promise<number> {
    const text = (value: unknown) =>
      value === undefined || value === null ? null : JSON.stringify(redact(value));
    const row = {
      ...entry,
      at: new Date().toISOString(),
      before: text(entry.before),
      after: text(entry.after),
    };
    if (former !== undefined) {
      await db.updateTable("audit").set(row).where("id", "=", former).execute();
      return former;
    }
    const inserted = db.insertInto("audit").values(row).returning("id");
    const id = Number((await inserted.executeTakeFirstOrThrow()).id);
    if (id % sweepEvery === 0)
      await db
        .deleteFrom("audit")
        .where("id", "<=", id - this.keep)
        .execute();
    return id;
  }

  async find(query: AuditQuery): Promise<Record<string, unknown>[]> {
    let rows = this.store.db
      .selectFrom("audit")
      .selectAll()
      .orderBy("id", "desc")
      .limit(query.limit);
    for (const name of ["actor", "kind", "handle", "action"] as const)
      if (query[name] !== undefined) rows = rows.where(name, "=", query[name]);
    if (query.since !== undefined) rows = rows.where("at", ">=", query.since);
    if (query.until !== undefined) rows = rows.where("at", "<", query.until);
    if (query.before !== undefined) rows = rows.where("id", "<", query.before);
    return (await rows.execute()).map((row) => ({
      id: Number(row.id),
      at: row.at,
      actor: row.actor,
      address: row.address,
      correlationId: row.correlation_id,
      action: row.action,
      path: row.path,
      kind: row.kind,
      handle: row.handle,
      status: row.status,
      before: row.before === null ? null : (JSON.parse(row.before) as unknown),
      after: row.after === null ? null : (JSON.parse(row.after) as unknown),
    }));
  }
}
