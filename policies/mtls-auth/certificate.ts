/**
 * What the client has shown in the handshake, and the listener verified, as the connection tells it: of
 * several URI or DNS names the first. Envoy writes all of them into `x-forwarded-client-cert` only, where
 * a DNS name `x;URI=spiffe://a/admin` cannot be told from a name and a URI.
 */
import { Request } from "sluice/sdk";
import { DistinguishedName } from "./distinguished-name";

export class Certificate {
  subject: string = "";
  fingerprint: string = "";
  uriSan: string = "";
  dnsSan: string = "";
  name: DistinguishedName | null = null;

  static isShown(request: Request): bool {
    return request.flag("connection.mtls");
  }

  /** Call it where `isShown` says so. */
  static shown(request: Request): Certificate {
    const one = new Certificate();
    one.subject = textOf(request, "connection.subject_peer_certificate");
    one.fingerprint = textOf(request, "connection.sha256_peer_certificate_digest");
    one.uriSan = textOf(request, "connection.uri_san_peer_certificate");
    one.dnsSan = textOf(request, "connection.dns_san_peer_certificate").toLowerCase();
    one.name = DistinguishedName.parse(one.subject);
    return one;
  }

  get commonName(): string {
    const name = this.name;
    const found = name !== null ? name.commonName : null;
    return found !== null ? found : "";
  }
}

function textOf(request: Request, path: string): string {
  const text = request.attribute(path);
  return text !== null ? text : "";
}
