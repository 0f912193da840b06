/** What a write would make of a document, for a dry run. */
import type { Artifact, WriteArtifact } from "./store.ts";

export const preview = (write: WriteArtifact, existing: Artifact | undefined): Artifact => ({
  kind: write.kind,
  handle: write.handle,
  uuid: existing?.uuid ?? "",
  revision: (existing?.revision ?? 0) + 1,
  display_name: write.displayName,
  version: write.version,
  source: JSON.stringify(write.source),
  state: write.deployed ? "deployed" : "undeployed",
  created_at: existing?.created_at ?? new Date().toISOString(),
  updated_at: new Date().toISOString(),
  deployed_at: existing?.deployed_at ?? null,
});
