/** What gateways elsewhere, API keys and the keys of secrets can get wrong. */
import { existsSync } from "node:fs";
import type { Fail } from "../../errors.ts";
import { shortestToken } from "../../feed/gateway-tokens.ts";
import type { Config } from "../schema/index.ts";

export function checkAccess(config: Config, fail: Fail): void {
  checkXdsTls(config, fail);
  checkGatewayTokens(config, fail);
  checkEncryption(config, fail);
  const { min_key_length: min, max_key_length: max } = config.api_key;
  if (min > max) fail("api_key.min_key_length", `expected at most max_key_length, found ${min}`);
}

function checkXdsTls({ controller }: Config, fail: Fail): void {
  const { xds_tls: tls, gateway_tokens: tokens } = controller.server;
  const at = "controller.server.xds_tls";
  checkCertificate(at, tls, fail);
  if (tls.cert_path && !tls.client_ca_path && Object.keys(tokens).length === 0)
    fail(at, "expected client_ca_path or gateway_tokens beside it, or no gateway could connect");
}

/** A certificate needs its key, and all that is named has to be there. */
export function checkCertificate(
  at: string,
  tls: { cert_path: string; key_path: string; client_ca_path?: string; ca_path?: string },
  fail: Fail,
): void {
  if (Boolean(tls.cert_path) !== Boolean(tls.key_path))
    fail(at, "expected both cert_path and key_path, or neither");
  for (const key of ["cert_path", "key_path", "client_ca_path", "ca_path"] as const)
    if (tls[key] && !existsSync(tls[key]))
      fail(`${at}.${key}`, `expected a file that is there, found ${tls[key]}`);
}

function checkGatewayTokens({ controller }: Config, fail: Fail): void {
  const owners = new Map<string, string>();
  for (const [gateway, token] of Object.entries(controller.server.gateway_tokens)) {
    const field = `controller.server.gateway_tokens.${gateway}`;
    if (token.length < shortestToken)
      fail(field, `expected at least ${shortestToken} characters, found ${token.length}`);
    if (!/^[\x21-\x7e]*$/.test(token)) fail(field, "expected visible ASCII without spaces");
    const owner = owners.get(token);
    if (owner !== undefined) fail(field, `expected a token of its own, found that of ${owner}`);
    owners.set(token, gateway);
  }
}

function checkEncryption({ controller }: Config, fail: Fail): void {
  const versions = new Set<string>();
  let isNewest = true;
  controller.encryption.providers.forEach(({ keys }, i) => {
    const at = `controller.encryption.providers[${i}].keys`;
    if (keys.length === 0) fail(at, "expected at least one key");
    keys.forEach(({ version, file }, j) => {
      const field = `${at}[${j}]`;
      if (versions.has(version)) fail(`${field}.version`, `is there twice: ${version}`);
      versions.add(version);
      // The newest is made when there is something to seal.
      if (!isNewest && !existsSync(file))
        fail(`${field}.file`, `expected a file that is there, found ${file}`);
      isNewest = false;
    });
  });
}
