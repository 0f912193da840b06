/** What a configuration says about gateways elsewhere, API keys and the keys of secrets. */
import { readFileSync } from "node:fs";
import { reason, UserError } from "../../errors.ts";
import type { GatewayOptions } from "../../options.ts";
import type { Config } from "../schema/index.ts";

type AccessOptions = Pick<
  GatewayOptions,
  "gatewayId" | "gatewayTokens" | "xdsTls" | "secretKeys" | "secretsInChains" | "apiKeys"
>;

export function accessOf({ controller, api_key: keys }: Config): AccessOptions {
  const { server, encryption } = controller;
  const secretKeys = encryption.providers.flatMap((provider) => provider.keys);
  return {
    gatewayId: server.gateway_id,
    gatewayTokens: server.gateway_tokens,
    secretsInChains: server.secrets_in_chains,
    ...xdsTlsOf(server.xds_tls),
    // None: the one beside the store.
    ...(secretKeys.length > 0 && { secretKeys }),
    apiKeys: {
      perUser: keys.api_keys_per_user_per_api,
      minLength: keys.min_key_length,
      maxLength: keys.max_key_length,
    },
  };
}

/** The issuer of API keys, for the policy that looks at it, unless its own section says another one. */
export const withKeyIssuer = (
  { api_key: keys }: Config,
  configurations: Record<string, object>,
): Record<string, object> => ({
  ...configurations,
  apikeyauth_v1: { issuer: keys.issuer, ...configurations.apikeyauth_v1 },
});

function xdsTlsOf(
  tls: Config["controller"]["server"]["xds_tls"],
): Pick<GatewayOptions, "xdsTls"> | null {
  if (!tls.cert_path) return null;
  const clientAuthority = tls.client_ca_path && readPem(tls.client_ca_path);
  return {
    xdsTls: {
      ...{ certificate: readPem(tls.cert_path), key: readPem(tls.key_path) },
      ...(clientAuthority && { clientAuthority }),
    },
  };
}

export function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`expected a PEM file, found "${file}": ${reason(error)}`);
  }
}
