/**
 * A document without the values of its policies' secret parameters, for lists, dumps and logs. Who may read one document
 * gets it as it was written: else it could not be changed and sent again.
 */
import { hidden, isTemplate } from "../../people/redact.ts";
import type { PolicyCatalog } from "../policies/catalog.ts";

export function maskSecrets(value: unknown, catalog: PolicyCatalog): unknown {
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, catalog));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === "policies" && Array.isArray(one)
        ? one.map((policy: unknown) => masked(policy, catalog))
        : maskSecrets(one, catalog),
    ]),
  );
}

function masked(policy: unknown, catalog: PolicyCatalog): unknown {
  if (typeof policy !== "object" || policy === null) return policy;
  const { name, params } = policy as { name?: unknown; params?: Record<string, unknown> | null };
  if (typeof name !== "string" || typeof params !== "object" || params === null) return policy;
  // A template names a secret and shows none.
  const mask = (text: string): string => (isTemplate(text) ? text : hidden);
  return { ...policy, params: catalog.changeSecrets(name, params, mask) };
}
