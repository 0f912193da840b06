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

/** A change whose content is bytes already. */
export interface EncodedChange {
  kind: Kind;
  name: string;
  resource: Resource | null;
}

export interface Changed {
  kind: Kind;
  name: string;
}

/** A resource that one gateway gets in place of the one that all get. */
export interface Replaced extends Changed {
  resource: Resource;
}

/** What a gateway is to have, as its stream asks for it. */
export type Offer = Pick<ResourceCache, "get" | "names" | "digest">;

export class ResourceCache {
  private readonly resources: Record<Kind, Map<string, Resource>>;
  private readonly listeners = new Set<(changed: readonly Changed[]) => void>();
  /** Hashes of all that is in it, added up: the order in which it came does not matter. */
  private readonly sum = Buffer.alloc(32);

  /** Without messages it can only be given what is encoded already. */
  constructor(private readonly protos: Protos | null) {
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

  size(kind: Kind): number {
    return this.resources[kind].size;
  }

  /** One text for all that is in it, or would be with another resource in the place of one of them. */
  digest(replaced: Replaced | null = null): string {
    if (!replaced) return this.sum.toString("hex", 0, 8);
    const { kind, name, resource } = replaced;
    const sum = Buffer.from(this.sum);
    const current = this.get(kind, name);
    if (current) add(sum, kind, name, current);
    add(sum, kind, name, resource);
    return sum.toString("hex", 0, 8);
  }

  /** A change as it would be taken. Throws if its body is not what Envoy's protobuf allows. */
  encoded({ kind, name, body }: Change & { body: JsonObject }): Replaced {
    return { kind, name, resource: this.encode(kind, body) };
  }

  /** All that is in it, in push order. */
  all(): EncodedChange[] {
    return kinds.flatMap(({ name: kind }) =>
      [...this.resources[kind]].map(([name, resource]) => ({ kind, name, resource })),
    );
  }

  /** Throws if one of the bodies is not what Envoy's protobuf allows. */
  check(changes: readonly Change[]): void {
    for (const { kind, body } of changes) if (body) this.encode(kind, body);
  }

  /** Throws, changing nothing, if one of the bodies is not what Envoy's protobuf allows. Returns what differs. */
  apply(changes: readonly Change[]): Changed[] {
    return this.take(
      changes.map(({ kind, name, body }) => ({
        kind,
        name,
        resource: body && this.encode(kind, body),
      })),
    );
  }

  /** The same for what is encoded already. */
  take(changes: readonly EncodedChange[]): Changed[] {
    const changed = changes.filter(({ kind, name, resource }) => {
      const current = this.resources[kind].get(name);
      if (current?.version === resource?.version) return false;
      if (current) add(this.sum, kind, name, current);
      if (resource) add(this.sum, kind, name, resource);
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
    if (!this.protos) throw new Error("this cache takes what is encoded already");
    const { message } = kinds.find(({ name }) => name === kind)!;
    const bytes = this.protos.encode(message, body);
    return { bytes, version: versionOf(bytes) };
  }
}

/** By exclusive or: the second time takes away what the first added. */
function add(sum: Buffer, kind: Kind, name: string, { version }: Resource): void {
  const hash = createHash("sha256").update(`${kind} ${name} ${version}`).digest();
  for (let i = 0; i < hash.length; i++) sum[i]! ^= hash[i]!;
}

export const versionOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 16);
