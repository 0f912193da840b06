/**
 * Where the xDS port listens, and whom it answers. What it tells holds private keys and secrets: to other machines it
 * speaks TLS, and only with gateways that show a certificate of the clients' authority or a token.
 */
import { ServerCredentials } from "@grpc/grpc-js";
import type { Log } from "../log.ts";
import { UserError } from "../errors.ts";
import type { GatewayTokens } from "../feed/gateway-tokens.ts";
import type { Admit } from "./admission.ts";

export interface ExposureOptions {
  host?: string;
  /** PEM texts; with a `clientAuthority` a client's certificate is asked for. */
  tls?: { certificate: string; key: string; clientAuthority?: string };
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
  if (tls && !tls.clientAuthority && tokens.isEmpty)
    throw new UserError("xdsTls: expected a clientAuthority or gatewayTokens, found neither");
  const needsToken = tls !== undefined && !tls.clientAuthority;
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

const secured = (tls: NonNullable<ExposureOptions["tls"]>): ServerCredentials =>
  ServerCredentials.createSsl(
    tls.clientAuthority === undefined ? null : Buffer.from(tls.clientAuthority),
    [{ cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) }],
    tls.clientAuthority !== undefined,
  );
