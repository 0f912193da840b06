/** Kysely on PostgreSQL, for more than one controller. */
import { Kysely, PostgresDialect, type Logger } from "kysely";
import pg from "pg";
import type { Tables } from "./schema.ts";

/** `bigserial` and counts come as strings from the driver; ours stay far below 2^53. */
const bigint = 20;

export interface Postgres {
  db: Kysely<Tables>;
  /** What sessions notify each other on. */
  channel: string;
  /** Calls back whenever another session notified, until the returned function is called. */
  listen(heard: () => void): Promise<() => Promise<void>>;
}

const channel = "sluice_changes";

export function openPostgres(url: string, log: Logger): Postgres {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === bigint ? Number : pg.types.getTypeParser(oid, format as "text"),
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    types,
  });
  // A connection that breaks is replaced at the next query, which tells what is wrong; unheard, the event would end the
  // process, whether the connection was idle or in use.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    channel,
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log }),
    listen: (heard) => listen(url, heard),
  };
}

/** One connection that listens, made anew when it breaks; the store's poll covers the gap. */
async function listen(url: string, heard: () => void): Promise<() => Promise<void>> {
  let closed = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url });
    const retry = () => {
      if (closed || client !== next) return;
      client = null;
      timer = setTimeout(() => void connect().catch(() => {}), 1_000);
    };
    client = next;
    next.on("error", retry);
    next.on("end", retry);
    next.on("notification", heard);
    await next.connect().then(
      () => next.query(`listen ${channel}`),
      (error: unknown) => {
        retry();
        throw error;
      },
    );
  };
  await connect();
  return async () => {
    closed = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
