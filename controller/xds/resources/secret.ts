/** The keys and certificates of the HTTPS port, apart from the listener, so that they change without a drain. */
import type { Change } from "../cache.ts";
import type { JsonObject } from "../protos.ts";

export interface GatewayTls {
  /** PEM texts. */
  certificate: string;
  key: string;
  clientAuthority?: string;
}

export const gatewaySecrets = ({ certificate, key, clientAuthority }: GatewayTls): Change[] => [
  secret("gateway", {
    tls_certificate: { certificate_chain: inline(certificate), private_key: inline(key) },
  }),
  ...(clientAuthority
    ? [secret("clients", { validation_context: { trusted_ca: inline(clientAuthority) } })]
    : []),
];

const inline = (text: string): JsonObject => ({ inline_string: text });

const secret = (name: string, body: JsonObject): Change => ({
  kind: "secret",
  name,
  body: { name, ...body },
});
