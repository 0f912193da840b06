import { Expectation, Requirements } from "sluice/sdk/auth/requirements";
import { ExpectationsItem, Params } from "./params";

/** What the parameters ask of a token; the newer ones beat the older ones. */
export function requirementsOf(params: Params): Requirements {
  const requirements = new Requirements();
  requirements.audiences = params.audiences;
  const scopes = params.scopes;
  if (scopes !== null) {
    requirements.anyScope = scopes.anyOf;
    requirements.allScopes = scopes.allOf;
  } else requirements.anyScope = params.requiredScopes;
  const claims = params.claims;
  if (claims !== null) {
    requirements.anyClaim = expectations(claims.anyOf);
    requirements.allClaims = expectations(claims.allOf);
  } else requirements.exactClaims = params.requiredClaims;
  return requirements;
}

function expectations(items: ExpectationsItem[]): Expectation[] {
  const list: Expectation[] = [];
  for (let i = 0; i < items.length; i++)
    list.push(new Expectation(items[i].claim, items[i].values));
  return list;
}
