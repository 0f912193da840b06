/** Whether a document may be written or taken away: what must be there before, and what no two may share. */
import type { Kysely } from "kysely";
import type { Tables } from "./schema.ts";
import type { Artifact, WriteArtifact } from "./store.ts";

/**
 * What a change must find: this revision of this very document, which a later one of the same name is not; nothing; some
 * document; or whatever there is, also nothing.
 */
export type Expected = Pick<Artifact, "uuid" | "revision"> | "none" | "some" | "any";

/** A write that other data forbids; `field` is what clashes. */
export class Conflict extends Error {
  constructor(
    readonly field: "handle" | "displayName" | "revision" | "gone",
    message: string,
  ) {
    super(message);
  }
}

export function refuseUnexpected(
  found: Artifact | undefined,
  expected: Expected,
  handle: string,
): void {
  if (expected === "any") return;
  if (expected === "none") {
    if (found) throw new Conflict("handle", `'${handle}' already exists`);
    return;
  }
  if (expected === "some") {
    if (!found) throw new Conflict("gone", `'${handle}' is not there any more`);
    return;
  }
  const { uuid, revision } = expected;
  const isLater = found && found.uuid !== uuid;
  if (isLater || found?.revision !== revision)
    throw new Conflict(
      "revision",
      `expected revision ${revision}, found ${found?.revision ?? "none"}${isLater ? " of a later document" : ""}`,
    );
}

export async function refuseSameName(db: Kysely<Tables>, write: WriteArtifact): Promise<void> {
  const same = await db
    .selectFrom("artifacts")
    .select("handle")
    .where("kind", "=", write.kind)
    .where("display_name", "=", write.displayName)
    .where("version", "=", write.version)
    .where("handle", "!=", write.handle)
    .executeTakeFirst();
  if (same)
    throw new Conflict(
      "displayName",
      `displayName '${write.displayName}' and version '${write.version}' are used by '${same.handle}'`,
    );
}
