/** What `authentication.jwt` adds to the system parameters of jwt-auth. */
import { readFileSync } from "node:fs";
import type { Config } from "../schema/index.ts";
import { keyManager } from "./policies.ts";

export function withKeyManager(config: Config): Record<string, object> {
  const { jwt } = config.authentication;
  if (!jwt) return config.policy_configurations;
  const section = (config.policy_configurations.jwtauth_v1 ?? {}) as { keymanagers?: object[] };
  const { public_key: key, jwks_url: uri } = jwt;
  const jwks = uri ? { remote: { uri } } : { local: { inline: pem(key ?? "") } };
  const own = { name: keyManager, ...(jwt.issuer && { issuer: jwt.issuer }), jwks };
  return {
    ...config.policy_configurations,
    jwtauth_v1: {
      allowedalgorithms: jwt.algorithms,
      ...section,
      keymanagers: [...(section.keymanagers ?? []), own],
    },
  };
}

const pem = (key: string): string => (key.includes("-----BEGIN") ? key : readFileSync(key, "utf8"));
