/** Signatures by the platform's own cryptography: RSA PKCS#1 v1.5 and ECDSA, as far as Envoy's functions go. */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { bytesField, fields, intField } from "../properties/protobuf.ts";
import { Status } from "../../sdk/abi.ts";
import type { ForeignFunctions } from "./foreign-function.ts";

const hashes = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

type Message = Record<number, Uint8Array | bigint>;

const message = (argument: Uint8Array): Message | null => {
  const found = fields(argument);
  return found && (Object.fromEntries(found) as Message);
};

const bytes = (value: Uint8Array | bigint | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array(0);

const refused = (number: number, error: string): Uint8Array => bytesField(number, error);

export const signatures: ForeignFunctions = {
  verify_signature(_vm, argument) {
    const field = message(argument);
    if (!field) return Status.BadArgument;
    const hash = Buffer.from(bytes(field[1])).toString("latin1");
    if (!field[2] && !field[5]) return Status.BadArgument;
    const key = publicKey(bytes(field[2]), bytes(field[5]));
    if (!key) return refused(2, "Failed to initialize digest verify.");
    if (!hashes.has(hash.toLowerCase())) return refused(2, `${hash} is not supported.`);
    return checks(hash, bytes(field[4]), key, bytes(field[3]))
      ? intField(1, 1)
      : refused(2, "Failed to verify digest. Error code: 0");
  },

  sign(_vm, argument) {
    const field = message(argument);
    if (!field) return Status.BadArgument;
    const hash = Buffer.from(bytes(field[1])).toString("latin1");
    if (!field[2] && !field[4]) return Status.BadArgument;
    const key = privateKey(bytes(field[2]), bytes(field[4]));
    if (!key) return refused(3, "Invalid private key: key data is corrupted or malformed.");
    if (!hashes.has(hash.toLowerCase())) return refused(3, `${hash} is not supported.`);
    const signature = sign(hash.toLowerCase(), bytes(field[3]), key);
    return Buffer.concat([intField(1, 1), bytesField(2, signature)]);
  },
};

function checks(hash: string, text: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify(hash.toLowerCase(), text, key, signature);
  } catch {
    return false;
  }
}

/** The curves of Envoy's cryptography. */
const curves = new Set(["secp224r1", "prime256v1", "secp384r1", "secp521r1"]);

const usable = (key: KeyObject): KeyObject | null =>
  key.asymmetricKeyType === "rsa" || curves.has(key.asymmetricKeyDetails?.namedCurve ?? "")
    ? key
    : null;

function publicKey(der: Uint8Array, pem: Uint8Array): KeyObject | null {
  try {
    if (der.length)
      return usable(createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" }));
    const text = Buffer.from(pem).toString("latin1");
    return text.includes("BEGIN PUBLIC KEY") ? usable(createPublicKey(text)) : null;
  } catch {
    return null;
  }
}

function privateKey(der: Uint8Array, pem: Uint8Array): KeyObject | null {
  try {
    if (der.length)
      return usable(createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" }));
    const text = Buffer.from(pem).toString("latin1");
    return text.includes("BEGIN PRIVATE KEY") ? usable(createPrivateKey(text)) : null;
  } catch {
    return null;
  }
}
