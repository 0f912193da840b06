/** What a token that is good must say to be good enough. What is left empty asks for nothing. */
import { JsonKind } from "../std/json/value";
import { Claims } from "../std/jwt/claims";
import { Scopes } from "./scopes";

/** A claim that must be, or have among its items, one of some values. */
export class Expectation {
  constructor(
    private claim: string,
    private values: string[],
  ) {}

  holds(claims: Claims): bool {
    for (let i = 0; i < this.values.length; i++) {
      if (claims.has(this.claim, this.values[i])) return true;
    }
    return false;
  }
}

export class Requirements {
  /** The token must be for one of these. */
  audiences: string[] = [];
  anyScope: string[] = [];
  allScopes: string[] = [];
  anyClaim: Expectation[] = [];
  allClaims: Expectation[] = [];
  /** Claims that must be this and no list. */
  exactClaims: Map<string, string> = new Map<string, string>();

  /** What is missing, `""` if nothing is. */
  problem(claims: Claims, scopes: Scopes): string {
    if (!this.isForUs(claims)) return "it is for another audience";
    if (!this.allows(claims, scopes)) return "it lacks a scope";
    return this.says(claims) ? "" : "it lacks a claim";
  }

  private isForUs(claims: Claims): bool {
    const audiences = this.audiences;
    for (let i = 0; i < audiences.length; i++) if (claims.hasAudience(audiences[i])) return true;
    return !audiences.length;
  }

  private allows(claims: Claims, scopes: Scopes): bool {
    for (let i = 0; i < this.allScopes.length; i++) {
      if (!scopes.has(claims, this.allScopes[i])) return false;
    }
    for (let i = 0; i < this.anyScope.length; i++) {
      if (scopes.has(claims, this.anyScope[i])) return true;
    }
    return !this.anyScope.length;
  }

  private says(claims: Claims): bool {
    const exact = this.exactClaims;
    const names = exact.keys();
    for (let i = 0; i < names.length; i++) {
      const value = claims.find(names[i]);
      if (value === null || value.kind == JsonKind.Array) return false;
      if (!claims.has(names[i], exact.get(names[i]))) return false;
    }
    for (let i = 0; i < this.allClaims.length; i++) {
      if (!this.allClaims[i].holds(claims)) return false;
    }
    for (let i = 0; i < this.anyClaim.length; i++) {
      if (this.anyClaim[i].holds(claims)) return true;
    }
    return !this.anyClaim.length;
  }
}
