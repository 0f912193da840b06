import { KeyManager } from "sluice/sdk/auth/key-manager";
import { FetchPlan, KeySource } from "sluice/sdk/auth/key-source";
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
    for (let i = 0; i < params.keymanagers.length; i++) {
      const given = params.keymanagers[i];
      if (isWanted(given, params.issuers)) this.add(given);
    }
    for (let i = 0; i < params.issuers.length; i++) {
      if (!isAmong(params.issuers[i], params.keymanagers)) {
        this.problem =
          "issuers: there is no key manager with the name or issuer " + params.issuers[i];
      }
    }
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
    const manager = new KeyManager(given.name, issuer === null ? "" : issuer, keys, source);
    const scopeClaim = given.scopeClaim;
    if (scopeClaim !== null) manager.scopeClaim = scopeClaim;
    manager.scopeSeparator = given.scopeClaimSeparator;
    manager.tag = this.list.length;
    this.list.push(manager);
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
        ".jwks.local.certificatePath: is not supported; put the text into inline, or a template that reads the file";
    } else if (keys.set.error.length) this.problem = field + ".jwks.local: " + keys.set.error;
    return keys;
  }

  private source(given: KeymanagerJwksRemote, field: string): KeySource {
    if (given.skipTlsVerify || given.certificatePath !== null) {
      this.problem =
        field +
        ".jwks.remote: skipTlsVerify and certificatePath are not supported; add the certificate to the gateway's";
    }
    return new KeySource(given.uri, this.plan);
  }
}

function isWanted(given: Keymanager, issuers: string[]): bool {
  if (!issuers.length) return true;
  for (let i = 0; i < issuers.length; i++) if (isNamed(given, issuers[i])) return true;
  return false;
}

function isAmong(name: string, managers: Keymanager[]): bool {
  for (let i = 0; i < managers.length; i++) if (isNamed(managers[i], name)) return true;
  return false;
}

function isNamed(given: Keymanager, name: string): bool {
  const issuer = given.issuer;
  return given.name == name || (issuer !== null && issuer == name);
}
