/** The credentials in a consumer's document, and what is kept of each. */
import { X509Certificate, randomBytes, timingSafeEqual } from "node:crypto";
import { compare, hash } from "bcryptjs";
import type { Reader } from "../model/reader.ts";
import type { KeyRing } from "../secrets/key-ring.ts";
import type { HmacCredential, StoredCredential } from "../store/access/consumers.ts";
import { plain, readRaw } from "./reading.ts";

/** A credential as it was sent; a password or secret that is null stays what it is. */
export type SentCredential =
  | { type: "basic"; username: string; password: string | null; hash: string | null }
  | { type: "jwt"; issuer: string; subject: string }
  | { type: "mtls"; fingerprint: string }
  | { type: "hmac"; keyId: string; secret: string | null };

const types = ["basic", "jwt", "mtls", "hmac"] as const;
const mostCredentials = 50;
/** About 60 ms each, which is the time that guessing takes too. */
const bcryptCost = 10;
/** bcrypt looks at no more. */
const mostPasswordBytes = 72;

export const readCredentials = (list: Reader): SentCredential[] =>
  list
    .items({ max: mostCredentials })
    .map(readCredential)
    .filter((credential) => credential !== null);

function readCredential(item: Reader): SentCredential | null {
  item.isObject();
  const type = item.at("type").required().oneOf(types);
  const name = (field: string) => item.at(field).required().text(plain) ?? "";
  switch (type) {
    case null:
      return null;
    case "basic":
      return readBasic(item);
    case "jwt":
      return { type, issuer: name("issuer"), subject: name("subject") };
    case "mtls":
      return { type, fingerprint: readFingerprint(item) };
    case "hmac":
      return { type, keyId: name("keyId"), secret: readRaw(item.at("secret"), 16, 512) };
  }
}

function readBasic(item: Reader): SentCredential {
  const user = item.at("username").required();
  const username = user.text(plain) ?? "";
  if (username.includes(":")) user.fail("must not have a colon: Basic credentials end there");
  const sent = item.at("password");
  const password = readRaw(sent, 8, mostPasswordBytes);
  const hashed = item.at("passwordHash");
  const known = readRaw(hashed, 60, 60);
  if (known !== null && !/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(known))
    hashed.fail("must be a bcrypt hash such as $2b$10$…");
  if (!sent.absent && !hashed.absent) item.fail("must have one of password and passwordHash");
  return { type: "basic", username, password, hash: known };
}

/** Of the certificate, or as it is: SHA-256 in hex, colons do not matter. */
function readFingerprint(item: Reader): string {
  const [pem, sent] = [item.at("certificate"), item.at("fingerprint")];
  if (pem.absent === sent.absent) item.fail("must have exactly one of certificate and fingerprint");
  const text = sent.text({
    pattern: /^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i,
    says: "must be a SHA-256 fingerprint of 64 hexadecimal digits",
  });
  if (text !== null) return text.replaceAll(":", "").toLowerCase();
  const certificate = pem.text();
  if (certificate === null) return "";
  try {
    return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
  } catch {
    pem.fail("must be a certificate in PEM");
    return "";
  }
}

/** Shown once, for an `hmac` whose secret was made here. */
export interface MadeSecret {
  keyId: string;
  secret: string;
}

/** What is kept; passwords by their hash, what gateways must know sealed. What is kept already stays as it is. */
export async function storeCredential(
  sent: SentCredential,
  former: readonly StoredCredential[],
  { consumer, ring, made }: { consumer: string; ring: KeyRing; made: MadeSecret[] },
): Promise<StoredCredential | null> {
  if (sent.type === "jwt" || sent.type === "mtls") return sent;
  if (sent.type === "basic") {
    const { type, username, password } = sent;
    const kept = former.find((one) => one.type === "basic" && one.username === username) as
      Extract<StoredCredential, { type: "basic" }> | undefined;
    if (password !== null)
      return kept && (await compare(password, kept.hash))
        ? kept
        : { type, username, hash: await hash(password, bcryptCost) };
    if (sent.hash !== null) return { type, username, hash: sent.hash };
    return kept ?? null;
  }
  const { type, keyId } = sent;
  const kept = former.find((one) => one.type === "hmac" && one.keyId === keyId) as
    HmacCredential | undefined;
  if (kept && (sent.secret === null || isKept(sent.secret, kept, consumer, ring))) return kept;
  const secret = sent.secret ?? randomBytes(32).toString("hex");
  if (sent.secret === null) made.push({ keyId, secret });
  const sealed = await ring.seal(secret, hmacPlace(consumer, keyId));
  return { type, keyId, sealed, keyVersion: ring.newest };
}

/** What cannot be opened any more is replaced. */
function isKept(secret: string, kept: HmacCredential, consumer: string, ring: KeyRing): boolean {
  try {
    const opened = ring.unseal(kept.sealed, kept.keyVersion, hmacPlace(consumer, kept.keyId));
    const [there, sent] = [Buffer.from(opened), Buffer.from(secret)];
    return there.length === sent.length && timingSafeEqual(there, sent);
  } catch {
    return false;
  }
}

export const hmacPlace = (consumer: string, keyId: string): string =>
  `hmac key '${keyId}' of consumer '${consumer}'`;

/** A credential as answers show it. */
export function showCredential(credential: StoredCredential): object {
  switch (credential.type) {
    case "basic":
      return { type: "basic", username: credential.username };
    case "hmac":
      return { type: "hmac", keyId: credential.keyId };
    default:
      return credential;
  }
}
