/** Somebody who issues tokens, and whose keys say that they are his. */
import { KeySource } from "./key-source";
import { Scopes } from "./scopes";
import { TrustedKeys } from "./trusted-keys";

export class KeyManager {
  constructor(
    readonly name: string,
    /** Empty if it signs for any issuer. */
    readonly issuer: string,
    readonly scopes: Scopes,
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
}
