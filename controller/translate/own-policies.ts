/** The gateway's own policies, first in every chain: which of them an operation runs. */
import type { Operation, RestApi } from "../model/rest-api.ts";
import type { PolicyReference, WithoutPolicy } from "../model/shared.ts";

export interface OwnPolicy extends PolicyReference {
  /** No API can go without it, whatever its document says. */
  mandatory: boolean;
}

type Goes = Pick<RestApi | Operation, "withoutGatewayPolicies">;

/** Where an API, or an operation of it, says that it goes without one. */
export const dropOf = (
  { name, mandatory }: Pick<OwnPolicy, "name" | "mandatory">,
  ...documents: Goes[]
): WithoutPolicy | undefined =>
  mandatory
    ? undefined
    : documents
        .flatMap(({ withoutGatewayPolicies }) => withoutGatewayPolicies)
        .find((without) => without.name === name);

export const ownPoliciesOf = (own: readonly OwnPolicy[], ...documents: Goes[]): OwnPolicy[] =>
  own.filter((policy) => !dropOf(policy, ...documents));
