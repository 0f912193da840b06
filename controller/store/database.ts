/** The database that a store is in: by its address, with the schema of now; what is wrong with it in one line. */
import type { Kysely, Logger } from "kysely";
import { reason, UserError } from "../errors.ts";
import { migrate } from "./migrations.ts";
import type { Postgres } from "./postgres.ts";
import type { Tables } from "./schema.ts";
import { openSqlite } from "./sqlite.ts";

export interface Database {
  db: Kysely<Tables>;
  /** Null on SQLite. */
  postgres: Postgres | null;
}

/** `postgres://…`, or the file of a SQLite database. */
export async function openDatabase(location: string, log: Logger): Promise<Database> {
  const scheme = /^(\w+):\/\//.exec(location)?.[1];
  const isPostgres = scheme !== undefined && /^postgres(ql)?$/.test(scheme);
  if (scheme !== undefined && !isPostgres)
    throw new UserError(`store: expected postgres://… or a file, found ${scheme}://…`);
  let opened: Database | undefined;
  try {
    // Loaded only where it is used: it is memory that most gateways do not need.
    const postgres = isPostgres
      ? (await import("./postgres.ts")).openPostgres(location, log)
      : null;
    opened = { db: postgres?.db ?? (await openSqlite(location, log)), postgres };
    await migrate(
      opened.db,
      postgres ? { bytes: "bytea", sequence: "bigserial" } : { bytes: "blob", sequence: "integer" },
    );
    return opened;
  } catch (error) {
    await opened?.db.destroy().catch(() => {});
    throw new UserError(`store: ${withoutPassword(location)} cannot be opened: ${reason(error)}`);
  }
}

/** What may stand in a terminal or a log. */
function withoutPassword(location: string): string {
  return location.replace(/^(\w+:\/\/[^/@:]*)(:[^@]*)?@/, "$1@").replace(/\?.*$/, "");
}
