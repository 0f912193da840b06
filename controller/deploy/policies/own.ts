/** The gateway's own policies, as its configuration names them: whether they can run, and what documents may drop. */
import { UserError, type FieldError } from "../../errors.ts";
import type { GatewayPolicy } from "../../options.ts";
import type { RestApi } from "../../model/rest-api.ts";
import { chainPolicy, type Chain } from "../../translate/chain.ts";
import { chained } from "../../translate/native.ts";
import type { OwnPolicy } from "../../translate/own-policies.ts";
import { chainFault } from "./chain-fault.ts";
import type { PolicyCatalog } from "./catalog.ts";

/** With the keys of the configuration that they stand under, where they do not say which. */
export const namedOwn = (given: readonly GatewayPolicy[] = []): OwnPolicy[] =>
  given.map((policy, i) => ({ field: `router.policies[${i}]`, ...policy }));

/** Throws a UserError that names each key that is wrong. */
export function resolveOwn(own: readonly OwnPolicy[], catalog: PolicyCatalog): OwnPolicy[] {
  const checked = own.map((policy) => catalog.check(policy));
  const errors = checked.flatMap((one) => ("errors" in one ? one.errors : []));
  if (errors.length > 0) throw new UserError(cannotBeServed, errors);
  return checked.flatMap((one) => ("resolved" in one ? [one.resolved] : []));
}

/** Throws a UserError that names each one that the engine cannot run, in the engine's words. */
export async function refuseBrokenOwn(
  own: readonly OwnPolicy[],
  tryChain: (chain: Chain) => Promise<string | null>,
): Promise<void> {
  const errors: FieldError[] = [];
  for (const policy of chained(own) as OwnPolicy[]) {
    const words = await tryChain(chainOf(policy));
    if (words !== null) errors.push(chainFault(words, [policy.field]));
  }
  if (errors.length > 0) throw new UserError(cannotBeServed, errors);
}

/** What a document goes without and may not. */
export function wrongDrops(api: RestApi, own: readonly OwnPolicy[]): FieldError[] {
  const names = own.map(({ name }) => name).join(", ") || "there are none";
  return [api, ...api.operations]
    .flatMap(({ withoutGatewayPolicies }) => withoutGatewayPolicies)
    .flatMap(({ name, field }) => {
      const found = own.filter((policy) => policy.name === name);
      if (found.length === 0)
        return {
          field,
          message: `must be one of the gateway's own policies (${names}), found "${name}"`,
        };
      return found.some(({ mandatory }) => mandatory)
        ? { field, message: `'${name}' is mandatory on this gateway: no API can go without it` }
        : [];
    });
}

const cannotBeServed = "The gateway's own policies cannot be served";

const chainOf = (policy: OwnPolicy): Chain => ({
  api: { name: "", version: "", context: "/", kind: "" },
  policies: [chainPolicy(policy, "api")],
});
