/**
 * Writes, one after the other across all controllers, each with what it changed in the log by which the others learn of it.
 */
import { randomUUID } from "node:crypto";
import { sql, type Kysely, type Transaction } from "kysely";
import type { Postgres } from "./postgres.ts";
import type { Tables } from "./schema.ts";
import { unitOfWork, type Written } from "./unit-of-work.ts";

export interface Change {
  kind: string;
  handle: string;
}

export interface Turn {
  trx: Transaction<Tables>;
  /** Notes what this write changes, for the other controllers. */
  changed(kind: string, handle: string): void;
  /** Notes the row that this write was asked for, for the unit of work that it belongs to. */
  wrote(before: object | null, after: object | null): void;
}

const writersLock = 7_583;
/** Changes are read by other controllers within seconds; older rows are of no use. */
const keptChanges = 10_000;

export class Turns {
  /** Marks this controller's own writes in the log of changes. */
  readonly origin = randomUUID();
  private readonly listeners: ((change: Change) => Promise<void>)[] = [];

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly postgres: Postgres | null,
  ) {}

  onChange(heard: (change: Change) => Promise<void>): void {
    this.listeners.push(heard);
  }

  /**
   * A transaction that no other controller's write overlaps: two cannot both create or replace the same revision, and no
   * lower number of a change becomes visible after a higher one was read.
   */
  async take<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    const changes: Change[] = [];
    const rows: Written[] = [];
    let committed = () => {};
    const done = await this.db.transaction().execute(async (trx) => {
      if (this.postgres) await sql`select pg_advisory_xact_lock(${writersLock})`.execute(trx);
      const result = await work({
        trx,
        changed: (kind, handle) => void changes.push({ kind, handle }),
        wrote: (before, after) => void rows.push({ before, after }),
      });
      for (const change of changes) await this.log(trx, change);
      if (this.postgres && changes.length > 0)
        await sql`select pg_notify(${this.postgres.channel}, '')`.execute(trx);
      const [written] = rows.filter(({ before, after }) => before ?? after);
      if (written) committed = (await unitOfWork()?.record(trx, written)) ?? committed;
      return result;
    });
    committed();
    for (const change of changes) for (const heard of this.listeners) await heard(change);
    return done;
  }

  /** Whether changes after this one are in the log no longer. */
  async hasForgotten(seen: number): Promise<boolean> {
    const row = await this.db
      .selectFrom("changes")
      .select((eb) => eb.fn.min("seq").as("seq"))
      .executeTakeFirst();
    return row?.seq != null && row.seq > seen + 1;
  }

  private async log(trx: Transaction<Tables>, { kind, handle }: Change): Promise<void> {
    const { seq } = await trx
      .insertInto("changes")
      .values({ kind, handle, origin: this.origin } as Tables["changes"])
      .returning("seq")
      .executeTakeFirstOrThrow();
    if (seq % 1_000 === 0)
      await trx
        .deleteFrom("changes")
        .where("seq", "<", seq - keptChanges)
        .execute();
  }
}
