/** Somebody who issues tokens, and whose keys say that they are his. */
import { Claims } from "../std/jwt/claims";
import { KeySource } from "./key-source";
import { TrustedKeys } from "./trusted-keys";

export class KeyManager {
  /** Its place among the policy's key managers; names the answers of its calls. */
  tag: i32 = 0;
  /** Empty for the usual two, `scope` and `scp`. */
  scopeClaim: string = "";
  scopeSeparator: string = " ";

  constructor(
    readonly name: string,
    /** Empty if it signs for any issuer. */
    readonly issuer: string,
    readonly local: TrustedKeys | null,
    readonly remote: KeySource | null,
  ) {}

  keys(): TrustedKeys | null {
    const remote = this.remote;
    return remote !== null ? remote.get() : this.local;
  }

  /** Whether a token of this issuer can be its. */
  mayHaveIssued(issuer: string | null, checked: bool): bool {
    return !checked || !this.issuer.length || (issuer !== null && issuer == this.issuer);
  }

  hasScope(claims: Claims, scope: string): bool {
    if (this.scopeClaim.length) return claims.lists(this.scopeClaim, this.scopeSeparator, scope);
    return (
      claims.lists("scope", this.scopeSeparator, scope) ||
      claims.lists("scp", this.scopeSeparator, scope)
    );
  }

  scopesOf(claims: Claims): string[] {
    if (this.scopeClaim.length) return claims.list(this.scopeClaim, this.scopeSeparator);
    const scopes = claims.list("scope", this.scopeSeparator);
    return scopes.length ? scopes : claims.list("scp", this.scopeSeparator);
  }
}
