/** Tokens of an identity provider: verified against its keys, its roles mapped to ours. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import { roles, type Role } from "./roles.ts";

export interface IdentityProviderOptions {
  issuer: string;
  jwksUrl: string;
  audience: readonly string[];
  /** Empty: no role is checked, as the contract has it. Dots go deeper. */
  rolesClaim: string;
  /** Ours, with the provider's values; `*` is everybody with a valid token. */
  roleMapping: Readonly<Record<string, readonly string[]>>;
}

/** Never one with a shared secret: the public key would be it. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
];

export type Verdict =
  { user: string; roles: Role[] } | { refused: string } | { unavailable: string };

export class IdentityProvider {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(private readonly options: IdentityProviderOptions) {
    this.keys = createRemoteJWKSet(new URL(options.jwksUrl), {
      timeoutDuration: 5_000,
      cooldownDuration: 10_000,
      cacheMaxAge: 300_000,
    });
  }

  async verify(token: string): Promise<Verdict> {
    const { issuer, audience } = this.options;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        ...{ issuer, algorithms },
        ...(audience.length > 0 && { audience: [...audience] }),
        clockTolerance: 30,
        requiredClaims: ["exp", "sub"],
      });
      if (!payload.sub) return { refused: "the token is not valid" };
      return { user: payload.sub, roles: this.rolesOf(payload) };
    } catch (error) {
      const judged =
        error instanceof errors.JOSEError &&
        !(error instanceof errors.JWKSTimeout) &&
        error.code !== "ERR_JOSE_GENERIC";
      return judged
        ? { refused: "the token is not valid" }
        : { unavailable: "the identity provider's keys cannot be fetched" };
    }
  }

  private rolesOf(payload: JWTPayload): Role[] {
    const { rolesClaim, roleMapping } = this.options;
    if (!rolesClaim) return [...roles];
    const claim = rolesClaim
      .split(".")
      .reduce<unknown>(
        (value, key) =>
          typeof value === "object" && value !== null && Object.hasOwn(value, key)
            ? (value as Record<string, unknown>)[key]
            : undefined,
        payload[rolesClaim] !== undefined ? { [rolesClaim]: payload[rolesClaim] } : payload,
      );
    const theirs = Array.isArray(claim) ? claim.map(String) : String(claim ?? "").split(/[\s,]+/);
    return roles.filter((role) =>
      (roleMapping[role] ?? (Object.keys(roleMapping).length ? [] : [role])).some(
        (value) => value === "*" || theirs.includes(value),
      ),
    );
  }
}
