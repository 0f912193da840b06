/**
 * What the gateways of all controllers serve, where every controller reads it. Only on PostgreSQL: a SQLite file has one
 * controller. A controller that is not heard of is forgotten with its gateways, by the database's clock alone.
 */
import { sql, type Kysely } from "kysely";
import type { Postgres } from "./postgres.ts";
import type { ServedRow, Tables } from "./schema.ts";

/** A gateway while it is connected to one controller. */
export interface SeenGateway {
  id: string;
  node: string;
}

export interface ServedChange {
  came: readonly SeenGateway[];
  /** By id. */
  went: readonly string[];
  rows: readonly ServedRow[];
  removed: readonly Pick<ServedRow, "gateway" | "subject">[];
}

/** A controller counts as gone when it was silent for so long. */
export const silentMs = 15_000;
const rowsPerStatement = 1_000;

const databaseTime = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

export class ServedStore {
  constructor(
    private readonly db: Kysely<Tables>,
    private readonly postgres: Pick<Postgres, "channel">,
    /** This controller. */
    private readonly origin: string,
  ) {}

  /** Says that this controller is there. False when it was forgotten, and has to say everything again. */
  async alive(): Promise<boolean> {
    await this.db
      .deleteFrom("controllers")
      .where("seen_at", "<", sql<number>`${databaseTime} - ${silentMs}`)
      .execute();
    const known = await this.db
      .updateTable("controllers")
      .set({ seen_at: databaseTime })
      .where("origin", "=", this.origin)
      .executeTakeFirst();
    if (known.numUpdatedRows > 0n) return true;
    await this.db
      .insertInto("controllers")
      .values({ origin: this.origin, seen_at: databaseTime })
      .execute();
    return false;
  }

  /** Takes a change of this controller's gateways down, and has the other controllers look. */
  async write({ came, went, rows, removed }: ServedChange): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      if (went.length > 0) await trx.deleteFrom("gateways").where("id", "in", went).execute();
      if (came.length > 0)
        await trx
          .insertInto("gateways")
          .values(
            came.map((gateway) => ({ ...gateway, controller: this.origin, came_at: databaseTime })),
          )
          .onConflict((oc) => oc.doNothing())
          .execute();
      for (let at = 0; at < rows.length; at += rowsPerStatement)
        await trx
          .insertInto("served")
          .values(rows.slice(at, at + rowsPerStatement))
          .onConflict((oc) =>
            oc.columns(["gateway", "subject"]).doUpdateSet((eb) => ({
              wanted: eb.ref("excluded.wanted"),
              revision: eb.ref("excluded.revision"),
              state: eb.ref("excluded.state"),
              reason: eb.ref("excluded.reason"),
            })),
          )
          .execute();
      for (const { gateway, subject } of removed)
        await trx
          .deleteFrom("served")
          .where("gateway", "=", gateway)
          .where("subject", "=", subject)
          .execute();
      await sql`select pg_notify(${this.postgres.channel}, '')`.execute(trx);
    });
  }

  /**
   * The gateways that follow other controllers, and what they serve of these subjects. One that came to a controller after
   * the one that it followed was last heard of has left that one.
   */
  async elsewhere(
    subjects: readonly string[],
  ): Promise<{ gateways: readonly SeenGateway[]; rows: ServedRow[] }> {
    const seen = await this.db
      .selectFrom("gateways")
      .innerJoin("controllers", "controllers.origin", "gateways.controller")
      .select(["gateways.id", "node", "controller", "came_at", "seen_at"])
      .where("seen_at", ">=", sql<number>`${databaseTime} - ${silentMs}`)
      .orderBy("node")
      .execute();
    const moved = (one: (typeof seen)[number]) =>
      seen.some(
        ({ id, node, came_at }) => id !== one.id && node === one.node && came_at > one.seen_at,
      );
    const gateways = seen.filter((one) => one.controller !== this.origin && !moved(one));
    if (gateways.length === 0) return { gateways, rows: [] };
    const rows = await this.db
      .selectFrom("served")
      .selectAll()
      .where(sql<boolean>`subject = any(${[...subjects]})`)
      .execute();
    return { gateways, rows };
  }

  /** Takes this controller's gateways out at once: they are not connected to it any more. */
  async end(): Promise<void> {
    await this.db.deleteFrom("controllers").where("origin", "=", this.origin).execute();
    await sql`select pg_notify(${this.postgres.channel}, '')`.execute(this.db);
  }
}
