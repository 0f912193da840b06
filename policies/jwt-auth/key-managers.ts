import { KeyManager } from "sluice/sdk/auth/key-manager";
import { FetchPlan, KeySource } from "sluice/sdk/auth/key-source";
import { Scopes } from "sluice/sdk/auth/scopes";
import { TrustedIssuers } from "sluice/sdk/auth/trusted-issuers";
import { TrustedKeys } from "sluice/sdk/auth/trusted-keys";
import { Keymanager, KeymanagerJwksLocal, KeymanagerJwksRemote, Params } from "./params";

/** The key managers whose tokens count on this route. */
export class KeyManagers {
  readonly list: KeyManager[] = [];
  /** What is wrong with them, null if nothing is. */
  problem: string | null = null;

  constructor(
    params: Params,
    private plan: FetchPlan,
  ) {
    const trusted = new TrustedIssuers(params.issuers);
    for (let i = 0; i < params.keymanagers.length; i++) {
      const given = params.keymanagers[i];
      if (trusted.has(given.name, given.issuer)) this.add(given);
    }
    if (this.problem === null) this.problem = trusted.problem;
  }

  get anyRemote(): bool {
    for (let i = 0; i < this.list.length; i++) if (this.list[i].remote !== null) return true;
    return false;
  }

  private add(given: Keymanager): void {
    const field = "keymanagers." + given.name;
    const remote = given.jwks.remote;
    const local = given.jwks.local;
    if ((remote === null) == (local === null)) {
      this.problem = field + ".jwks: expected either remote or local";
      return;
    }
    const keys = local !== null ? this.localKeys(local, field) : null;
    const source = remote !== null ? this.source(remote, field) : null;
    const issuer = given.issuer;
    const claim = given.scopeClaim;
    const scopes = new Scopes(claim === null ? "" : claim, given.scopeClaimSeparator);
    this.list.push(new KeyManager(given.name, issuer === null ? "" : issuer, scopes, keys, source));
  }

  private localKeys(given: KeymanagerJwksLocal, field: string): TrustedKeys | null {
    const inline = given.inline;
    const secret = given.secret;
    const keys = TrustedKeys.configured(
      inline === null ? "" : inline,
      secret === null ? "" : secret,
    );
    if (given.certificatePath !== null) {
      this.problem =
        field +
        ".jwks.local.certificatePath: a file can be named in a gateway's configuration only; put the text into inline";
    } else if (keys.set.error.length) this.problem = field + ".jwks.local: " + keys.set.error;
    return keys;
  }

  private source(given: KeymanagerJwksRemote, field: string): KeySource {
    if (given.skipTlsVerify || given.certificatePath !== null) {
      this.problem =
        field +
        ".jwks.remote: skipTlsVerify and certificatePath work in a gateway's configuration only";
    }
    return new KeySource(given.uri, this.plan);
  }
}
