/** The policies of a document as the catalogue knows them, and their chains tried as the engine would run them. */
import { UserError, type FieldError } from "../../errors.ts";
import type { ReadDocument } from "../../model/index.ts";
import type { RestApi } from "../../model/rest-api.ts";
import type { SecretUse } from "../../model/templates.ts";
import type { Chain } from "../../translate/chain.ts";
import type { PlacedChain } from "../../translate/compile.ts";
import { chainFault } from "./chain-fault.ts";
import type { PolicyCatalog } from "./catalog.ts";

export function resolvePolicies(
  { api, secrets }: Pick<ReadDocument, "api" | "secrets">,
  catalog: PolicyCatalog,
  reveal: (json: string, uses: readonly SecretUse[]) => string,
) {
  const errors: FieldError[] = [];
  const revealed = <T>(params: T): T =>
    secrets.length === 0 ? params : (JSON.parse(reveal(JSON.stringify(params), secrets)) as T);
  const resolve = (policies: RestApi["policies"]) =>
    policies.map((reference) => {
      const checked = catalog.check(reference, revealed);
      if ("errors" in checked) {
        errors.push(...checked.errors);
        return reference;
      }
      for (const name of catalog.upstreams(checked.resolved))
        if (!api.upstreamDefinitions.some((definition) => definition.name === name))
          errors.push({
            field: `${reference.field}.params`,
            message: `'${name}' is none of this API's upstreamDefinitions`,
          });
      return checked.resolved;
    });
  const resolved: RestApi = {
    ...api,
    policies: resolve(api.policies),
    operations: api.operations.map((operation) => ({
      ...operation,
      policies: resolve(operation.policies),
    })),
  };
  return { resolved, errors };
}

export async function refuseBadChains(
  chains: readonly PlacedChain[],
  checkChain: (chain: Chain) => Promise<string | null>,
): Promise<void> {
  for (const { chain, fields } of chains) {
    const words = await checkChain(chain);
    if (words !== null)
      throw new UserError("The engine refuses a chain of policies", [chainFault(words, fields)]);
  }
}
