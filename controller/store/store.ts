/**
 * What survives the controller: documents with their revisions, modules, which module serves, and a log of changes by
 * which controllers on one database learn of each other's writes.
 */
import { randomUUID } from "node:crypto";
import { sql, type Kysely, type LogEvent, type Selectable } from "kysely";
import { everything } from "./access/feed-changes.ts";
import { KeyStore } from "./access/keys.ts";
import { refuseSameName, refuseUnexpected, type Expected } from "./expected.ts";
import { openDatabase } from "./database.ts";
import { PlanStore } from "./access/plans.ts";
import type { Postgres } from "./postgres.ts";
import type { ArtifactRow, ModuleRow, Tables } from "./schema.ts";
import { ConsumerStore } from "./access/consumers.ts";
import { RevocationStore } from "./access/revocations.ts";
import { SecretStore } from "./access/secrets.ts";
import { ServedStore } from "./served.ts";
import { SubscriptionStore } from "./access/subscriptions.ts";
import { Turns, type Change, type Turn } from "./turns.ts";

export type Artifact = Selectable<ArtifactRow>;
export type StoredModule = Selectable<ModuleRow>;

export interface WriteArtifact {
  kind: string;
  handle: string;
  displayName: string;
  version: string;
  source: unknown;
  deployed: boolean;
}

export interface ModuleAssignment {
  id: number;
  hash: string;
  created_at: string;
}

const keptRevisions = 10;

/** Told of each statement, how long it took, and whether it failed. */
export type Queried = (sql: string, ms: number, failed: boolean) => void;

export class Store {
  readonly keys: KeyStore;
  readonly plans: PlanStore;
  readonly subscriptions: SubscriptionStore;
  readonly secrets: SecretStore;
  readonly consumers: ConsumerStore;
  readonly revocations: RevocationStore;
  /** Null where there is only one controller. */
  readonly served: ServedStore | null;
  private readonly turns: Turns;
  private lastSeen = 0;

  private constructor(
    /** For tables that have a file of their own. */
    readonly db: Kysely<Tables>,
    private readonly postgres: Postgres | null,
  ) {
    this.turns = new Turns(db, postgres);
    this.keys = new KeyStore(db, this.turns, postgres ? "postgres" : "sqlite");
    this.plans = new PlanStore(db, this.turns);
    this.subscriptions = new SubscriptionStore(db, this.turns);
    this.secrets = new SecretStore(db, this.turns);
    this.consumers = new ConsumerStore(db, this.turns, this.keys);
    this.revocations = new RevocationStore(db, this.turns);
    this.served = postgres && new ServedStore(db, postgres, this.turns.origin);
  }

  /** What all controllers of this store have under a name: what the first of them has `made`. */
  async common(name: string, made: string): Promise<string> {
    await this.db
      .insertInto("settings")
      .values({ name, value: made })
      .onConflict((oc) => oc.column("name").doNothing())
      .execute();
    const found = this.db.selectFrom("settings").select("value").where("name", "=", name);
    return (await found.executeTakeFirstOrThrow()).value;
  }

  /** `postgres://…`, or the file of a SQLite database. `queried` hears of each statement. */
  static async open(location: string, queried: Queried = () => {}): Promise<Store> {
    const log = (event: LogEvent) =>
      queried(event.query.sql, event.queryDurationMillis, event.level === "error");
    const { db, postgres } = await openDatabase(location, log);
    const store = new Store(db, postgres);
    store.lastSeen = await store.newestChange();
    return store;
  }

  /** What the database takes on disk. */
  async bytes(): Promise<number> {
    const size = this.postgres
      ? sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`
      : sql<{
          bytes: number;
        }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`;
    return Number((await size.execute(this.db)).rows[0]?.bytes ?? 0);
  }

  /** A write that the other controllers learn of. */
  inTurn<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    return this.turns.take(work);
  }

  artifacts(kind: string): Promise<Artifact[]> {
    return this.db
      .selectFrom("artifacts")
      .selectAll()
      .where("kind", "=", kind)
      .orderBy("handle")
      .execute();
  }

  async countArtifacts(): Promise<number> {
    const { count } = await this.db
      .selectFrom("artifacts")
      .select((select) => select.fn.countAll<number | string>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  artifact(kind: string, handle: string): Promise<Artifact | undefined> {
    return artifactIn(this.db, kind, handle);
  }

  /** Whether a document could be written; returns what it would replace. */
  check(write: WriteArtifact, expected: Expected): Promise<Artifact | undefined> {
    return admitted(this.db, write, expected);
  }

  /** Writes a new document, or replaces one. */
  async write(write: WriteArtifact, expected: Expected): Promise<Artifact> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      const current = await admitted(trx, write, expected);
      const now = new Date().toISOString();
      const row: Artifact = {
        kind: write.kind,
        handle: write.handle,
        uuid: current?.uuid ?? randomUUID(),
        revision: (current?.revision ?? 0) + 1,
        display_name: write.displayName,
        version: write.version,
        source: JSON.stringify(write.source),
        state: write.deployed ? "deployed" : "undeployed",
        created_at: current?.created_at ?? now,
        updated_at: now,
        deployed_at: write.deployed ? now : (current?.deployed_at ?? null),
      };
      await trx
        .insertInto("artifacts")
        .values(row)
        .onConflict((oc) => oc.columns(["kind", "handle"]).doUpdateSet(row))
        .execute();
      const { kind, handle, revision, source } = row;
      await trx.insertInto("revisions").values({ kind, handle, revision, source }).execute();
      await trx
        .deleteFrom("revisions")
        .where("kind", "=", kind)
        .where("handle", "=", handle)
        .where("revision", "<=", revision - keptRevisions)
        .execute();
      changed(kind, handle);
      wrote(current ?? null, row);
      return row;
    });
  }

  /** False when there was none. */
  async remove(kind: string, handle: string, expected: Expected): Promise<boolean> {
    return this.turns.take(async (turn) => {
      const { trx } = turn;
      const current = await artifactIn(trx, kind, handle);
      if (!current) return false;
      refuseUnexpected(current, expected, handle);
      for (const owned of [this.keys, this.subscriptions])
        await owned.removeAllOf(turn, kind, handle);
      for (const table of ["artifacts", "revisions"] as const)
        await trx.deleteFrom(table).where("kind", "=", kind).where("handle", "=", handle).execute();
      turn.changed(kind, handle);
      turn.wrote(current, null);
      return true;
    });
  }

  /** Earlier documents of an artifact, newest first. */
  async revisions(kind: string, handle: string): Promise<{ revision: number; source: string }[]> {
    return this.db
      .selectFrom("revisions")
      .select(["revision", "source"])
      .where("kind", "=", kind)
      .where("handle", "=", handle)
      .orderBy("revision", "desc")
      .execute();
  }

  /** Keeps a module by its content's hash; keeping it again changes nothing. */
  async keepModule(hash: string, bytes: Uint8Array, manifest: unknown): Promise<void> {
    const row = {
      hash,
      bytes: Buffer.from(bytes),
      manifest: JSON.stringify(manifest),
      created_at: new Date().toISOString(),
    };
    await this.turns.take(async ({ trx, wrote }) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto("modules")
        .values(row)
        .onConflict((oc) => oc.column("hash").doNothing())
        .executeTakeFirst();
      wrote(Number(numInsertedOrUpdatedRows) > 0 ? null : row, row);
    });
  }

  module(hash: string): Promise<StoredModule | undefined> {
    return this.db.selectFrom("modules").selectAll().where("hash", "=", hash).executeTakeFirst();
  }

  modules(): Promise<Omit<StoredModule, "bytes">[]> {
    return this.db
      .selectFrom("modules")
      .select(["hash", "manifest", "created_at"])
      .orderBy("created_at", "desc")
      .execute();
  }

  /** Makes a module the serving one. */
  async assign(hash: string): Promise<ModuleAssignment> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      const [before = null] = await newestAssignments(trx, 1);
      const assigned = await trx
        .insertInto("assignments")
        .values({ hash, created_at: new Date().toISOString() } as ModuleAssignment)
        .returningAll()
        .executeTakeFirstOrThrow();
      changed("Module", hash);
      wrote(before, assigned);
      return assigned;
    });
  }

  /** The history of what served, newest first. */
  assignments(limit = 50): Promise<ModuleAssignment[]> {
    return newestAssignments(this.db, limit);
  }

  /** Calls back after each of this controller's own writes, before it is answered. */
  onOwnChange(heard: (change: Change) => Promise<void>): void {
    this.turns.onChange(heard);
  }

  /** What other controllers wrote since the last call. */
  async foreignChanges(): Promise<Change[]> {
    const rows = await this.db
      .selectFrom("changes")
      .selectAll()
      .where("seq", ">", this.lastSeen)
      .orderBy("seq")
      .execute();
    const missed = await this.turns.hasForgotten(this.lastSeen);
    this.lastSeen = rows.at(-1)?.seq ?? this.lastSeen;
    const foreign = rows.filter(({ origin }) => origin !== this.turns.origin);
    const [kind, handle] = everything;
    return missed ? [{ kind, handle }, ...foreign] : foreign;
  }

  /** Calls back when another controller wrote: at once on PostgreSQL, and by a poll as a net. */
  async watch(heard: () => void, pollMs = 3_000): Promise<() => Promise<void>> {
    const timer = setInterval(heard, pollMs);
    const unlisten = await this.postgres?.listen(heard);
    return async () => {
      clearInterval(timer);
      await unlisten?.();
    };
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  private async newestChange(): Promise<number> {
    const row = await this.db
      .selectFrom("changes")
      .select((eb) => eb.fn.max("seq").as("seq"))
      .executeTakeFirst();
    return row?.seq ?? 0;
  }
}

const newestAssignments = (db: Kysely<Tables>, limit: number): Promise<ModuleAssignment[]> =>
  db.selectFrom("assignments").selectAll().orderBy("id", "desc").limit(limit).execute();

const artifactIn = (db: Kysely<Tables>, kind: string, handle: string) =>
  db
    .selectFrom("artifacts")
    .selectAll()
    .where("kind", "=", kind)
    .where("handle", "=", handle)
    .executeTakeFirst();

/** What stands there; refuses what must not be written in its place. */
async function admitted(
  db: Kysely<Tables>,
  write: WriteArtifact,
  expected: Expected,
): Promise<Artifact | undefined> {
  const current = await artifactIn(db, write.kind, write.handle);
  refuseUnexpected(current, expected, write.handle);
  await refuseSameName(db, write);
  return current;
}
