/** The resources that Envoys would be given, kept as they are readable: a cache keeps only their bytes. */
import { ResourceCache, type Change, type Changed } from "../../controller/xds/cache.ts";
import { kinds, type Kind } from "../../controller/xds/kinds.ts";
import type { JsonObject } from "../../controller/xds/protos.ts";

export interface Recorded {
  kind: Kind;
  name: string;
  body: JsonObject;
}

export class Recorder extends ResourceCache {
  private readonly bodies = new Map<string, Recorded>();

  override apply(changes: readonly Change[]): Changed[] {
    const changed = super.apply(changes);
    for (const { kind, name, body } of changes)
      if (body) this.bodies.set(`${kind} ${name}`, { kind, name, body });
      else this.bodies.delete(`${kind} ${name}`);
    return changed;
  }

  /** In push order, those of a kind by their names. */
  recorded(): Recorded[] {
    const all = [...this.bodies.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return kinds.flatMap(({ name }) => all.filter(({ kind }) => kind === name));
  }
}
