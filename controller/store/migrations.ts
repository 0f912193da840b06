/**
 * The database's history, oldest first. A step that was released is never edited: a later one changes what it made.
 * The same steps run on SQLite and PostgreSQL; `types` holds the few names in which they differ.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "./schema.ts";

export interface Types {
  bytes: "blob" | "bytea";
  /** A number that the database counts up by itself. */
  sequence: "integer" | "bigserial";
}

type Step = (db: Kysely<Tables>, types: Types) => Promise<void>;

export const migrations: Step[] = [
  async (db, types) => {
    await db.schema
      .createTable("artifacts")
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("handle", "text", (c) => c.notNull())
      .addColumn("uuid", "text", (c) => c.notNull())
      .addColumn("revision", "integer", (c) => c.notNull())
      .addColumn("display_name", "text", (c) => c.notNull())
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .addColumn("deployed_at", "text")
      .addPrimaryKeyConstraint("artifacts_key", ["kind", "handle"])
      .addUniqueConstraint("artifacts_display_name", ["kind", "display_name", "version"])
      .execute();
    await db.schema
      .createTable("revisions")
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("handle", "text", (c) => c.notNull())
      .addColumn("revision", "integer", (c) => c.notNull())
      .addColumn("source", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("revisions_key", ["kind", "handle", "revision"])
      .execute();
    await db.schema
      .createTable("modules")
      .addColumn("hash", "text", (c) => c.primaryKey())
      .addColumn("bytes", sql.raw(types.bytes), (c) => c.notNull())
      .addColumn("manifest", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("assignments")
      .addColumn("id", sql.raw(types.sequence), (c) => c.primaryKey())
      .addColumn("hash", "text", (c) => c.notNull().references("modules.hash"))
      .addColumn("created_at", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("changes")
      .addColumn("seq", sql.raw(types.sequence), (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("handle", "text", (c) => c.notNull())
      .addColumn("origin", "text", (c) => c.notNull())
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("api_keys")
      .addColumn("uuid", "text", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("handle", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("old_hash", "text")
      .addColumn("old_until", "text")
      .addColumn("masked", "text", (c) => c.notNull())
      .addColumn("source", "text", (c) => c.notNull())
      .addColumn("issuer", "text")
      .addColumn("external_ref", "text")
      .addColumn("application_id", "text")
      .addColumn("application_name", "text")
      .addColumn("created_by", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .addColumn("expires_at", "text")
      .addUniqueConstraint("api_keys_name", ["kind", "handle", "name"])
      .addUniqueConstraint("api_keys_hash", ["hash", "kind", "handle"])
      .execute();
  },
  async (db, types) => {
    await db.schema
      .createTable("users")
      .addColumn("username", "text", (c) => c.primaryKey())
      .addColumn("password_hash", "text", (c) => c.notNull())
      .addColumn("roles", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("audit")
      .addColumn("id", sql.raw(types.sequence), (c) => c.primaryKey())
      .addColumn("at", "text", (c) => c.notNull())
      .addColumn("actor", "text", (c) => c.notNull())
      .addColumn("address", "text", (c) => c.notNull())
      .addColumn("correlation_id", "text", (c) => c.notNull())
      .addColumn("action", "text", (c) => c.notNull())
      .addColumn("path", "text", (c) => c.notNull())
      .addColumn("kind", "text")
      .addColumn("handle", "text")
      .addColumn("status", "integer", (c) => c.notNull())
      .addColumn("before", "text")
      .addColumn("after", "text")
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("plans")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("name_key", "text", (c) => c.notNull().unique())
      .addColumn("billing_plan", "text")
      .addColumn("stop_on_quota_reach", "integer", (c) => c.notNull())
      .addColumn("limit_count", "bigint")
      .addColumn("limit_unit", "text")
      .addColumn("expires_at", "text")
      .addColumn("status", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("subscriptions")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("handle", "text", (c) => c.notNull())
      .addColumn("token_hash", "text", (c) => c.notNull())
      .addColumn("application_id", "text")
      .addColumn("plan_id", "text", (c) => c.references("plans.id"))
      .addColumn("consumer", "text")
      .addColumn("billing_customer_id", "text")
      .addColumn("billing_subscription_id", "text")
      .addColumn("status", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .addUniqueConstraint("subscriptions_token", ["handle", "token_hash", "kind"])
      .addUniqueConstraint("subscriptions_application", ["handle", "application_id", "kind"])
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("certificates")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull().unique())
      .addColumn("pem", "text", (c) => c.notNull())
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("issuer", "text", (c) => c.notNull())
      .addColumn("not_after", "text", (c) => c.notNull())
      .addColumn("count", "integer", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("secrets")
      .addColumn("handle", "text", (c) => c.primaryKey())
      .addColumn("display_name", "text", (c) => c.notNull())
      .addColumn("description", "text", (c) => c.notNull())
      .addColumn("sealed", "text", (c) => c.notNull())
      .addColumn("key_version", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("consumers")
      .addColumn("handle", "text", (c) => c.primaryKey())
      .addColumn("display_name", "text", (c) => c.notNull())
      .addColumn("plan_id", "text", (c) => c.references("plans.id"))
      .addColumn("groups", "text", (c) => c.notNull())
      .addColumn("attributes", "text", (c) => c.notNull())
      .addColumn("credentials", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .addColumn("updated_at", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("consumer_credentials")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("consumer", "text", (c) => c.notNull())
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("revocations")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("issuer", "text")
      .addColumn("value", "text", (c) => c.notNull())
      .addColumn("expires_at", "text", (c) => c.notNull())
      .addColumn("created_by", "text", (c) => c.notNull())
      .addColumn("created_at", "text", (c) => c.notNull())
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("settings")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable("controllers")
      .addColumn("origin", "text", (c) => c.primaryKey())
      .addColumn("seen_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("gateways")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("controller", "text", (c) =>
        c.notNull().references("controllers.origin").onDelete("cascade"),
      )
      .addColumn("node", "text", (c) => c.notNull())
      .addColumn("came_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("served")
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("gateway", "text", (c) =>
        c.notNull().references("gateways.id").onDelete("cascade"),
      )
      .addColumn("wanted", "text", (c) => c.notNull())
      .addColumn("revision", "integer")
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("reason", "text")
      .addPrimaryKeyConstraint("served_key", ["subject", "gateway"])
      .execute();
    await db.schema.createIndex("served_gateway").on("served").column("gateway").execute();
    await db.schema
      .createIndex("gateways_controller")
      .on("gateways")
      .column("controller")
      .execute();
  },
];

/** Brings the database to the newest step; several controllers may start at once. */
export async function migrate(db: Kysely<Tables>, types: Types): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`create table if not exists schema_version (version integer not null)`.execute(trx);
    if (types.bytes === "bytea") await sql`lock table schema_version`.execute(trx);
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(
      trx,
    );
    const version = rows[0]?.version ?? 0;
    if (version > migrations.length)
      throw new Error(
        `the database is newer (${version}) than this controller (${migrations.length})`,
      );
    for (const step of migrations.slice(version)) await step(trx, types);
    if (rows.length === 0)
      await sql`insert into schema_version (version) values (${migrations.length})`.execute(trx);
    else await sql`update schema_version set version = ${migrations.length}`.execute(trx);
  });
}
