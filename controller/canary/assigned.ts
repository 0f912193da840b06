/** What one gateway should have: what all have, but for the module that it tries for the others. */
import type { Kind } from "../xds/kinds.ts";
import type { Offer, Replaced, Resource, ResourceCache } from "../xds/cache.ts";

/** What a gateway gets in place of what all get, if it does. */
export type Instead = (nodeId: string) => Replaced | null;

/** `nodeId` is known from the gateway's first message on. */
export const assigned = (cache: ResourceCache, nodeId: () => string, instead: Instead): Offer => ({
  get: (kind: Kind, name: string): Resource | undefined => {
    const other = instead(nodeId());
    return other?.kind === kind && other.name === name ? other.resource : cache.get(kind, name);
  },
  names: (kind) => cache.names(kind),
  digest: () => cache.digest(instead(nodeId())),
});
