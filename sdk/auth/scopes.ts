/** Where a token says what its bearer may do, and how. */
import { Claims } from "../std/jwt/claims";

export class Scopes {
  constructor(
    /** Empty for the usual two, `scope` and `scp`. */
    private claim: string = "",
    private separator: string = " ",
  ) {}

  has(claims: Claims, scope: string): bool {
    if (this.claim.length) return claims.lists(this.claim, this.separator, scope);
    return (
      claims.lists("scope", this.separator, scope) || claims.lists("scp", this.separator, scope)
    );
  }

  of(claims: Claims): string[] {
    if (this.claim.length) return claims.list(this.claim, this.separator);
    const scopes = claims.list("scope", this.separator);
    return scopes.length ? scopes : claims.list("scp", this.separator);
  }
}
