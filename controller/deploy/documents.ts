/** The documents of all kinds, as the store has them. */
import type { ResourceKind } from "../model/index.ts";
import type { Artifact } from "../store/store.ts";

export class Documents {
  private readonly artifacts = new Map<string, Artifact>();

  constructor(readonly kinds: readonly ResourceKind[]) {}

  set(artifact: Artifact): void {
    this.artifacts.set(artifact.handle, artifact);
  }

  delete(handle: string): void {
    this.artifacts.delete(handle);
  }

  /** Of any kind unless told which: two kinds cannot share a handle, for their routes and keys would be one's. */
  get(handle: string, kind?: ResourceKind): Artifact | undefined {
    const artifact = this.artifacts.get(handle);
    return kind && artifact?.kind !== kind.kind ? undefined : artifact;
  }

  byUuid(uuid: string): Artifact | undefined {
    return this.all().find((artifact) => artifact.uuid === uuid);
  }

  /** By handle. */
  list(kind: ResourceKind): Artifact[] {
    return this.all()
      .filter((artifact) => artifact.kind === kind.kind)
      .sort((a, b) => (a.handle < b.handle ? -1 : 1));
  }

  all(): Artifact[] {
    return [...this.artifacts.values()];
  }

  kindOf(handle: string): ResourceKind | undefined {
    const artifact = this.artifacts.get(handle);
    return this.kinds.find(({ kind }) => kind === artifact?.kind);
  }
}
