/** The chain of one route, as the engine reads it from the route's metadata, and the route's name. */
import { createHash } from "node:crypto";
import type { PolicyReference } from "../model/shared.ts";

export interface ChainPolicy {
  name: string;
  version: string;
  params: Record<string, unknown>;
  executionCondition?: string;
  attachedTo: "api" | "route";
}

export interface Chain {
  api: { name: string; version: string; context: string; kind: string };
  /** Whether events are made of its requests: its policies tell then what only those read. */
  recorded?: true;
  policies: ChainPolicy[];
}

export const chainPolicy = (
  reference: Pick<PolicyReference, "name" | "version" | "params" | "executionCondition">,
  attachedTo: "api" | "route",
): ChainPolicy => ({
  name: reference.name,
  version: reference.version,
  params: reference.params,
  ...(reference.executionCondition !== null && {
    executionCondition: reference.executionCondition,
  }),
  attachedTo,
});

/** The engine keeps a chain by its route's name, so the name changes whenever the chain does. */
export const routeName = (api: string, operation: string, chain: string | null): string =>
  `${api}/${operation}@${createHash("sha256")
    .update(chain ?? "")
    .digest("hex")
    .slice(0, 12)}`;
