/**
 * Where the xDS port listens, and whom it answers. What it tells holds private keys and secrets: to other machines it
 * speaks TLS, and only with gateways that show a certificate of the clients' authority or a token.
 */
import { experimental, ServerCredentials } from "@grpc/grpc-js";
import type { Log } from "../log.ts";
import { UserError } from "../errors.ts";
import type { GatewayTokens } from "../feed/gateway-tokens.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import type { Admit } from "./admission.ts";

export interface ExposureOptions {
  host?: string;
  /** With a `clientAuthority` a client's certificate is asked for. */
  tls?: TlsIdentity;
  tokens: GatewayTokens;
  log: Log;
}

export interface Exposure {
  host: string;
  credentials: ServerCredentials;
  admit: Admit;
}

const loopback = "127.0.0.1";

export function xdsExposure({ host = loopback, tls, tokens, log }: ExposureOptions): Exposure {
  const isLocal = /^(127\.|::1$|localhost$)/.test(host);
  if (!tls && !isLocal)
    log(`xDS listens on ${loopback} only: for gateways on other machines it needs TLS`, "info");
  if (tls && !tls.current.clientAuthority && tokens.isEmpty)
    throw new UserError("xdsTls: expected a clientAuthority or gatewayTokens, found neither");
  const needsToken = tls !== undefined && !tls.current.clientAuthority;
  return {
    host: tls ? host : isLocal ? host : loopback,
    credentials: tls ? secured(tls) : ServerCredentials.createInsecure(),
    admit: (token) => {
      if (token === null)
        return needsToken ? { refused: "a gateway's token is needed" } : { gateway: null };
      const gateway = tokens.gatewayOf(`Bearer ${token}`);
      return gateway === null ? { refused: "the token is not good" } : { gateway };
    },
  };
}

/** gRPC asks its provider for what it shows, and is told when that changes. */
function secured(tls: TlsIdentity): ServerCredentials {
  // It listens to itself only after it has asked: what it is told at once is lost.
  const tell = (now: () => void) => {
    queueMicrotask(now);
    tls.onRenewal(now);
  };
  const provider: experimental.CertificateProvider = {
    addCaCertificateListener: (listener) =>
      tell(() => listener({ caCertificate: Buffer.from(tls.current.clientAuthority ?? "") })),
    addIdentityCertificateListener: (listener) =>
      tell(() => {
        const { certificate, key } = tls.current;
        listener({ certificate: Buffer.from(certificate), privateKey: Buffer.from(key) });
      }),
    // A port lives as long as its identity.
    removeCaCertificateListener: () => {},
    removeIdentityCertificateListener: () => {},
  };
  const mutual = tls.current.clientAuthority !== undefined;
  // The names of its parameters are swapped: the first is asked for the identity, the second for the authority.
  return experimental.createCertificateProviderServerCredentials(
    provider,
    mutual ? provider : null,
    mutual,
  );
}
