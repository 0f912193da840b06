/**
 * The resources every Envoy should have now. A version is the hash of the encoded content, so the same content is the
 * same version after a restart and on another controller, and an unchanged resource is never pushed again.
 */
import { createHash } from "node:crypto";
import { kinds, type Kind } from "./kinds.ts";
import type { JsonObject, Protos } from "./protos.ts";

export interface Resource {
  version: string;
  bytes: Uint8Array;
}

/** `body: null` takes the resource away. */
export interface Change {
  kind: Kind;
  name: string;
  body: JsonObject | null;
}

export interface Changed {
  kind: Kind;
  name: string;
}

export class ResourceCache {
  private readonly resources: Record<Kind, Map<string, Resource>>;
  private readonly listeners = new Set<(changed: readonly Changed[]) => void>();

  constructor(private readonly protos: Protos) {
    this.resources = Object.fromEntries(kinds.map(({ name }) => [name, new Map()])) as Record<
      Kind,
      Map<string, Resource>
    >;
  }

  get(kind: Kind, name: string): Resource | undefined {
    return this.resources[kind].get(name);
  }

  names(kind: Kind): IterableIterator<string> {
    return this.resources[kind].keys();
  }

  /** One text for all that is in it. */
  digest(): string {
    const hash = createHash("sha256");
    for (const { name: kind } of kinds)
      for (const name of [...this.resources[kind].keys()].sort())
        hash.update(`${kind} ${name} ${this.resources[kind].get(name)!.version}\n`);
    return hash.digest("hex").slice(0, 16);
  }

  /** Throws if one of the bodies is not what Envoy's protobuf allows. */
  check(changes: readonly Change[]): void {
    for (const { kind, body } of changes) if (body) this.encode(kind, body);
  }

  /** Throws, changing nothing, if one of the bodies is not what Envoy's protobuf allows. Returns what differs. */
  apply(changes: readonly Change[]): Changed[] {
    const encoded = changes.map(({ kind, name, body }) => ({
      kind,
      name,
      resource: body && this.encode(kind, body),
    }));
    const changed = encoded.filter(({ kind, name, resource }) => {
      const current = this.resources[kind].get(name);
      if (current?.version === resource?.version) return false;
      if (resource) this.resources[kind].set(name, resource);
      else this.resources[kind].delete(name);
      return true;
    });
    if (changed.length > 0) for (const notify of this.listeners) notify(changed);
    return changed;
  }

  /** Calls back with each set of changes, until the returned function is called. */
  watch(listener: (changed: readonly Changed[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private encode(kind: Kind, body: JsonObject): Resource {
    const { message } = kinds.find(({ name }) => name === kind)!;
    const bytes = this.protos.encode(message, body);
    return { bytes, version: createHash("sha256").update(bytes).digest("hex").slice(0, 16) };
  }
}
