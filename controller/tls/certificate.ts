/**
 * Certificates of our own: for the HTTPS port until the operator gives one, and for tests of mutual TLS. ECDSA P-256,
 * signed with SHA-256.
 */
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { isIPv4 } from "node:net";
import { bits, flag, integer, objectId, octets, sequence, set, tagged, text, time } from "./der.ts";

export interface KeyAndCertificate {
  /** PEM texts. */
  certificate: string;
  key: string;
}

export interface CertificateRequest {
  commonName: string;
  /** Host names and IPv4 addresses. */
  names?: string[];
  days?: number;
  /** Who signs; left out: itself. */
  issuer?: Authority;
  authority?: boolean;
}

export interface Authority extends KeyAndCertificate {
  commonName: string;
}

const ecdsaWithSha256 = sequence(objectId("1.2.840.10045.4.3.2"));

export function makeCertificate(request: CertificateRequest): Authority {
  const { commonName, issuer, days = 365 } = request;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    name(issuer?.commonName ?? commonName),
    // An hour back, for clocks that are late.
    sequence(time(new Date(now - 3_600_000)), time(new Date(now + days * 86_400_000))),
    name(commonName),
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions(request))),
  );
  const signature = sign("sha256", body, issuer?.key ?? privateKey);
  const der = sequence(body, ecdsaWithSha256, bits(signature));
  return { commonName, certificate: pem(der), key: keyPem(privateKey) };
}

function extensions({ names = [], authority = false }: CertificateRequest): Buffer[] {
  const basic = sequence(
    objectId("2.5.29.19"),
    flag(true),
    octets(sequence(...(authority ? [flag(true)] : []))),
  );
  if (names.length === 0) return [basic];
  const alternatives = names.map((value) =>
    isIPv4(value)
      ? tagged(7, Buffer.from(value.split(".").map(Number)), false)
      : tagged(2, Buffer.from(value), false),
  );
  return [basic, sequence(objectId("2.5.29.17"), octets(sequence(...alternatives)))];
}

const name = (commonName: string): Buffer =>
  sequence(set(sequence(objectId("2.5.4.3"), text(commonName))));

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd()}\n-----END CERTIFICATE-----\n`;

const keyPem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
