/** What a client's connection is, and what it shows: as Envoy's `connection` attributes tell. */
import { X509Certificate } from "node:crypto";
import type { Request } from "../setup.ts";

export interface Connection {
  tls: boolean;
  certificate: PeerCertificate | null;
}

export interface PeerCertificate {
  /** As RFC 2253 writes a distinguished name. */
  subject: string;
  sha256: string;
  /** Envoy shows a filter the first name of each kind. */
  uriSan: string | undefined;
  dnsSan: string | undefined;
}

/** The listener has verified what the client shows: one that it does not trust gets no connection. */
export const connectionOf = ({ scheme, clientCertificate }: Request): Connection => ({
  tls: scheme === "https",
  certificate:
    scheme === "https" && clientCertificate ? readCertificate(clientCertificate.certificate) : null,
});

function readCertificate(pem: string): PeerCertificate {
  const certificate = new X509Certificate(pem);
  return {
    subject: certificate.subject.split("\n").reverse().map(escaped).join(","),
    sha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    uriSan: firstName(certificate, "URI"),
    dnsSan: firstName(certificate, "DNS"),
  };
}

/** Node escapes all but the bytes that are not ASCII. */
const escaped = (part: string): string =>
  part.replace(/[^\0-\x7f]+/g, (letters) =>
    [...Buffer.from(letters)].map((byte) => `\\${byte.toString(16).toUpperCase()}`).join(""),
  );

const firstName = ({ subjectAltName }: X509Certificate, kind: string): string | undefined =>
  subjectAltName
    ?.split(", ")
    .find((name) => name.startsWith(`${kind}:`))
    ?.slice(kind.length + 1);
