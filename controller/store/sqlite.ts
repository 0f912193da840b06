/**
 * Kysely on SQLite's `node:sqlite` API: built in from Node 22, from `@photostructure/sqlite` before.
 *
 * Write-ahead log with full sync: a write that was answered is on the disk (0.3 ms each).
 */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
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
  if (file !== ":memory:") keepPrivate(file);
  const DatabaseSync = await loadSqlite();
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full");
  database.exec("pragma busy_timeout = 5000");
  database.exec("pragma foreign_keys = on");
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapt(database) }), log });
}

/**
 * Hashes of passwords and keys are in it, and whatever documents hold: its owner alone reads it. SQLite gives the files
 * beside it the same mode.
 */
function keepPrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
  for (const one of [file, `${file}-wal`, `${file}-shm`]) {
    const found = statSync(one, { throwIfNoEntry: false });
    // Only an owner may change it.
    if (found && found.mode & 0o077 && found.uid === process.getuid?.()) chmodSync(one, 0o600);
  }
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
