/** PEM bundles of authorities: what is in one, and every reason not to take it. */
import { X509Certificate } from "node:crypto";
import type { Reader } from "../model/reader.ts";

export interface BundleFacts {
  /** Of the first certificate. */
  subject: string;
  issuer: string;
  /** Of the one that ends first, ISO 8601. */
  notAfter: string;
  count: number;
}

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const maxCertificates = 200;

/** Null when it is no bundle; the reader says why. */
export function readBundle(field: Reader): { pem: string; facts: BundleFacts } | null {
  const text = field.text({ max: 1_048_576 });
  if (text === null) return null;
  if (/PRIVATE KEY/.test(text)) {
    // Not even stored: it does not belong here.
    field.fail("must not have a private key");
    return null;
  }
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0 || text.replace(block, "").includes("-----BEGIN")) {
    // The text itself is not shown: it might be a key in another form.
    field.fail("must be one or more certificates in PEM form");
    return null;
  }
  if (blocks.length > maxCertificates)
    field.fail(`must have at most ${maxCertificates} certificates, found ${blocks.length}`);
  const certificates = blocks.flatMap((pem, i) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      field.fail(`must be certificates in PEM form: number ${i + 1} cannot be read`);
      return [];
    }
  });
  const [first] = certificates;
  if (!first || certificates.length !== blocks.length) return null;
  const ends = certificates.map(({ validTo }) => Date.parse(validTo));
  return {
    pem: `${blocks.join("\n")}\n`,
    facts: {
      subject: oneLine(first.subject),
      issuer: oneLine(first.issuer),
      notAfter: new Date(Math.min(...ends)).toISOString(),
      count: certificates.length,
    },
  };
}

const oneLine = (name: string | undefined): string => (name ?? "").split("\n").join(", ");
