/** The keys and certificates of the HTTPS port, apart from the listener, so that they change without a drain. */
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import type { Change } from "../cache.ts";
import type { JsonObject } from "../protos.ts";

export interface GatewayTls {
  /** PEM texts. */
  certificate: string;
  key: string;
  clientAuthority?: string;
}

/** `prefix` tells the secrets of one listener from those of another. */
export const gatewaySecrets = (
  { certificate, key, clientAuthority }: GatewayTls,
  prefix = "",
): Change[] => [
  secret(`${prefix}gateway`, {
    tls_certificate: { certificate_chain: inline(certificate), private_key: inline(key) },
  }),
  ...(clientAuthority
    ? [secret(`${prefix}clients`, { validation_context: { trusted_ca: inline(clientAuthority) } })]
    : []),
];

/** The authorities of upstreams, for every cluster that names none of its own. */
export const upstreamTrust = "upstream-trust";

/** Envoy's machine has the file; uploaded bundles come on top of what the controller's machine has in it. */
export const systemTrust = "/etc/ssl/certs/ca-certificates.crt";

/** `pem` is empty when nothing was uploaded. */
export const trustSecret = (pem: string): Change =>
  secret(upstreamTrust, {
    validation_context: {
      trusted_ca: pem === "" ? { filename: systemTrust } : inline(systemAuthorities() + pem),
    },
  });

function systemAuthorities(): string {
  try {
    return `${readFileSync(systemTrust, "utf8").trimEnd()}\n`;
  } catch {
    return `${rootCertificates.join("\n")}\n`;
  }
}

const inline = (text: string): JsonObject => ({ inline_string: text });

const secret = (name: string, body: JsonObject): Change => ({
  kind: "secret",
  name,
  body: { name, ...body },
});
