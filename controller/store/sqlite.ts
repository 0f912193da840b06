/**
 * Kysely on SQLite's `node:sqlite` API: built in from Node 22, from `@photostructure/sqlite` before.
 *
 * Write-ahead log with full sync: a write that was answered is on the disk (0.3 ms each).
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect, type Logger, type SqliteDatabase } from "kysely";
import type { Tables } from "./schema.ts";

interface Statement {
  columns(): unknown[];
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  iterate(...parameters: unknown[]): IterableIterator<unknown>;
}

interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export async function openSqlite(file: string, log: Logger): Promise<Kysely<Tables>> {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const DatabaseSync = await loadSqlite();
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full");
  database.exec("pragma busy_timeout = 5000");
  database.exec("pragma foreign_keys = on");
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapt(database) }), log });
}

export async function loadSqlite(): Promise<new (file: string) => Database> {
  const builtIn = Number(process.versions.node.split(".")[0]) >= 22;
  // A variable, because bundlers and types of Node 20 do not know the built-in module.
  const name = builtIn ? "node:sqlite" : "@photostructure/sqlite";
  return ((await import(name)) as { DatabaseSync: new (file: string) => Database }).DatabaseSync;
}

const adapt = (database: Database): SqliteDatabase => ({
  close: () => database.close(),
  prepare: (sql) => {
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...parameters),
      run: (parameters) => statement.run(...parameters),
      iterate: (parameters) => statement.iterate(...parameters),
    };
  },
});
