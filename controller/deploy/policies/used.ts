/** Which of the installed policies somebody names, each as `name major`. */
import type { RestApi } from "../../model/rest-api.ts";
import type { PolicyReference } from "../../model/shared.ts";
import { majorOf, type PolicyCatalog } from "./catalog.ts";

export function usedPolicies(
  apis: readonly RestApi[],
  own: readonly PolicyReference[],
  catalog: PolicyCatalog,
): Set<string> {
  const references = apis.flatMap(({ policies, operations }) => [
    ...policies,
    ...operations.flatMap((operation) => operation.policies),
  ]);
  const found = [...references, ...own].flatMap((reference) => catalog.named(reference) ?? []);
  return new Set(found.map(({ name, version }) => `${name} ${majorOf(version)}`));
}
