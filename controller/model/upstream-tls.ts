/** How the certificate of an upstream is trusted, and who the gateway is to it. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readBundle } from "../trust/bundle.ts";
import type { Reader } from "./reader.ts";

export interface UpstreamTls {
  serverName: string | null;
  /** PEM texts; without a certificate authority the machine's own trust is used. */
  certificateAuthority: string | null;
  clientCertificate: string | null;
  clientKey: string | null;
  insecureSkipVerify: boolean;
}

export function readUpstreamTls(reader: Reader): UpstreamTls {
  const key = reader.at("clientKey");
  const clientKey = key.text({ max: 65_536 });
  const tls = {
    serverName: reader.at("serverName").text({ max: 253 }),
    certificateAuthority: readBundle(reader.at("certificateAuthority"))?.pem ?? null,
    clientCertificate: readBundle(reader.at("clientCertificate"))?.pem ?? null,
    clientKey,
    insecureSkipVerify: reader.at("insecureSkipVerify").flag() ?? false,
  };
  if (reader.has("clientCertificate") !== reader.has("clientKey"))
    reader.fail("must have both clientCertificate and clientKey, or neither");
  if (clientKey === null) return tls;
  const privateKey = keyIn(clientKey);
  // What was found is not shown: it may be a key all the same.
  if (!privateKey) key.fail("must be a private key in PEM form, without a passphrase");
  else if (tls.clientCertificate && !isKeyOf(tls.clientCertificate, privateKey))
    key.fail("must be the key of clientCertificate");
  return tls;
}

const isKeyOf = (certificate: string, key: KeyObject): boolean =>
  new X509Certificate(certificate).checkPrivateKey(key);

function keyIn(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
