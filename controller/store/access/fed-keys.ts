/**
 * All API keys as the feed has them. There may be millions, and an object of the driver's for each would take most of a
 * start: the database makes one text of a page, in which what becomes a record's value stands together.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Tables } from "../schema.ts";

export interface FedKey {
  scope: string;
  hash: string;
  oldHash: string;
  oldUntil: string;
  name: string;
  /** Empty if it does not expire. */
  expires: string;
  /** The fields behind the time, as the feed separates them. */
  rest: string;
}

export type Dialect = "sqlite" | "postgres";

const pageRows = 5_000;
const rowMark = "\u001e";
const columnMark = "\u001f";

type Text = RawBuilder<unknown>;

/** Empty where it is null; without what separates, which the feed takes out of its fields anyway. */
const column = (name: string): Text =>
  [rowMark, columnMark].reduce<Text>(
    (text, mark) => sql`replace(${text}, ${sql.lit(mark)}, '')`,
    sql`coalesce(${sql.ref(name)}, '')`,
  );

const ofConsumer = (yes: Text, no: Text): Text =>
  sql`case when kind = 'Consumer' then ${yes} else ${no} end`;

const columns: Text[] = [
  ofConsumer(sql`'*'`, sql`kind || '/' || handle`),
  ...["hash", "old_hash", "old_until", "name", "expires_at"].map(column),
  ...["source", "issuer", "created_by"].map(column),
  ofConsumer(sql`handle`, sql`''`),
  ...["application_id", "application_name"].map(column),
];

/** Calls `each` for every key; other work goes on between pages. */
export async function eachFedKey(
  db: Kysely<Tables>,
  dialect: Dialect,
  each: (key: FedKey) => void,
): Promise<void> {
  const joined = sql.raw(dialect === "sqlite" ? "group_concat" : "string_agg");
  const line = sql.join(columns, sql` || ${sql.lit(columnMark)} || `);
  for (let after = ""; ;) {
    const page = sql`select uuid, ${line} as line from api_keys
      where uuid > ${after} order by uuid limit ${pageRows}`;
    const { rows } = await sql<{ last: string | null; lines: string }>`
      select max(uuid) as last, ${joined}(line, ${sql.lit(rowMark)}) as lines
      from (${page}) as page`.execute(db);
    const { last, lines } = rows[0]!;
    if (last === null) return;
    readLines(lines, each);
    after = last;
  }
}

function readLines(text: string, each: (key: FedKey) => void): void {
  let at = 0;
  const next = (): string => {
    const from = at;
    const end = text.indexOf(columnMark, from);
    at = end + 1;
    return end === from ? "" : text.slice(from, end);
  };
  while (at < text.length) {
    const scope = next();
    const hash = next();
    const oldHash = next();
    const oldUntil = next();
    const name = next();
    const expires = next();
    const mark = text.indexOf(rowMark, at);
    const end = mark < 0 ? text.length : mark;
    const rest = text.slice(at, end);
    at = end + 1;
    each({ scope, hash, oldHash, oldUntil, name, expires, rest });
  }
}
