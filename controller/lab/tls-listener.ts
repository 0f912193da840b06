/** The same setup over TLS: made when a case first asks for it, since few do. */
import { makeCertificate } from "../tls/certificate.ts";
import type { Change } from "../xds/cache.ts";
import { gatewaySecrets } from "../xds/resources/secret.ts";
import { listener, type ListenerOptions } from "../xds/resources/listener.ts";
import type { EnvoyLab } from "./lab.ts";

export interface TlsListener {
  /** Its port; the listener is there from then on. */
  port(): Promise<number>;
  /** What takes it away. */
  removal(): Change[];
}

/** Clients may show certificates of `clientAuthority`, a PEM text, and none of others. */
export function tlsListener(
  lab: EnvoyLab,
  plain: ListenerOptions,
  clientAuthority: string | undefined,
): TlsListener {
  const name = `${plain.name}-tls`;
  let made: Promise<number> | undefined;
  let pushed: Change[] = [];
  const make = async (): Promise<number> => {
    const { certificate, key } = makeCertificate({ commonName: "localhost", names: ["localhost"] });
    const secrets = gatewaySecrets(
      { certificate, key, ...(clientAuthority !== undefined && { clientAuthority }) },
      `${name}-`,
    );
    const tls = {
      certificate: `${name}-gateway`,
      ...(clientAuthority !== undefined && { clientAuthority: `${name}-clients` }),
      clientCertificates: "optional" as const,
    };
    pushed = [...secrets, { kind: "listener", name, body: listener({ ...plain, name, tls }) }];
    await lab.push(pushed);
    return lab.port(name);
  };
  return {
    port: () => (made ??= make()),
    removal: () => pushed.map((change) => ({ ...change, body: null })),
  };
}
