import { KeyManager } from "sluice/sdk/auth/key-manager";
import { JsonKind } from "sluice/sdk/std/json/value";
import { Claims } from "sluice/sdk/std/jwt/claims";
import { ExpectationsItem, Params } from "./params";

/** What a verified token must say. */
export class Requirements {
  private anyScope: string[];
  private allScopes: string[] = [];
  private anyClaim: ExpectationsItem[] = [];
  private allClaims: ExpectationsItem[] = [];
  private exact: Map<string, string> | null = null;

  constructor(private params: Params) {
    const scopes = params.scopes;
    const claims = params.claims;
    this.anyScope = params.requiredScopes;
    if (scopes !== null) {
      this.anyScope = scopes.anyOf;
      this.allScopes = scopes.allOf;
    }
    if (claims !== null) {
      this.anyClaim = claims.anyOf;
      this.allClaims = claims.allOf;
    } else this.exact = params.requiredClaims;
  }

  /** What is missing, `""` if nothing is. */
  problem(claims: Claims, manager: KeyManager): string {
    if (!this.isForUs(claims)) return "it is for another audience";
    if (!this.allows(claims, manager)) return "it lacks a scope";
    return this.says(claims) ? "" : "it lacks a claim";
  }

  private isForUs(claims: Claims): bool {
    const audiences = this.params.audiences;
    for (let i = 0; i < audiences.length; i++) if (claims.hasAudience(audiences[i])) return true;
    return !audiences.length;
  }

  private allows(claims: Claims, manager: KeyManager): bool {
    for (let i = 0; i < this.allScopes.length; i++) {
      if (!manager.hasScope(claims, this.allScopes[i])) return false;
    }
    for (let i = 0; i < this.anyScope.length; i++) {
      if (manager.hasScope(claims, this.anyScope[i])) return true;
    }
    return !this.anyScope.length;
  }

  private says(claims: Claims): bool {
    const exact = this.exact;
    if (exact !== null) {
      const names = exact.keys();
      for (let i = 0; i < names.length; i++) {
        const value = claims.find(names[i]);
        if (value === null || value.kind == JsonKind.Array) return false;
        if (!claims.has(names[i], exact.get(names[i]))) return false;
      }
    }
    for (let i = 0; i < this.allClaims.length; i++) {
      if (!meets(claims, this.allClaims[i])) return false;
    }
    for (let i = 0; i < this.anyClaim.length; i++) {
      if (meets(claims, this.anyClaim[i])) return true;
    }
    return !this.anyClaim.length;
  }
}

function meets(claims: Claims, wanted: ExpectationsItem): bool {
  for (let i = 0; i < wanted.values.length; i++) {
    if (claims.has(wanted.claim, wanted.values[i])) return true;
  }
  return false;
}
