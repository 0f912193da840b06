/** The tables, as Kysely sees them; `migrations.ts` makes them. Times are ISO 8601 in UTC, documents JSON text. */
export interface Tables {
  artifacts: ArtifactRow;
  revisions: RevisionRow;
  modules: ModuleRow;
  assignments: AssignmentRow;
  changes: ChangeRow;
}

export interface ArtifactRow {
  kind: string;
  handle: string;
  uuid: string;
  /** Counts up with each write; what `ETag` says. */
  revision: number;
  display_name: string;
  version: string;
  source: string;
  state: "deployed" | "undeployed";
  created_at: string;
  updated_at: string;
  deployed_at: string | null;
}

/** Earlier documents, so that a bad one can fall back to the last that every gateway took. */
export interface RevisionRow {
  kind: string;
  handle: string;
  revision: number;
  source: string;
}

export interface ModuleRow {
  hash: string;
  bytes: Uint8Array;
  manifest: string;
  created_at: string;
}

/** Which module serves: the row with the highest id. All rows together are the history. */
export interface AssignmentRow {
  id: number;
  hash: string;
  created_at: string;
}

/** What other controllers on the same database have not seen yet. */
export interface ChangeRow {
  seq: number;
  kind: string;
  handle: string;
  origin: string;
}
