/** Keys and tokens for the cases, made anew each time they are loaded. */
import { createHmac, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const weakRsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
export const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const ec384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
export const ec521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
export const secret = "a secret that is known to the issuer and to the gateway, and long enough";

export const pem = (key: KeyObject): string =>
  key.export({ type: "spki", format: "pem" }).toString();

export const jwk = (key: KeyObject, more: object = {}): object => ({
  ...key.export({ format: "jwk" }),
  ...more,
});

export const keySet = (...keys: object[]): string => JSON.stringify({ keys });

export const allKeys = keySet(
  jwk(rsa.publicKey, { kid: "rsa" }),
  jwk(ec.publicKey, { kid: "ec" }),
  jwk(ec384.publicKey, { kid: "ec384" }),
  jwk(ec521.publicKey, { kid: "ec521" }),
);

/** Before the simulator's clock starts, and after any clock that a real gateway has. */
export const past = Date.UTC(2025, 11, 31) / 1000;
export const future = Date.UTC(2100, 0, 1) / 1000;

export const issuer = "https://idp.example";
export const claims = { iss: issuer, sub: "ada", aud: "pets", iat: past, exp: future };

export const encode = (value: string | Buffer | object): string =>
  (typeof value === "string" || Buffer.isBuffer(value)
    ? Buffer.from(value as string)
    : Buffer.from(JSON.stringify(value))
  ).toString("base64url");

/** Signs whatever stands there, as the algorithm's family says. */
export function signature(alg: string, key: KeyObject | string, text: string): Buffer {
  const bits = alg.slice(2);
  if (typeof key === "string") return createHmac(`sha${bits}`, key).update(text).digest();
  const bytes = Buffer.from(text);
  if (alg.startsWith("ES")) return sign(`sha${bits}`, bytes, { key, dsaEncoding: "ieee-p1363" });
  if (alg.startsWith("PS"))
    return sign(`sha${bits}`, bytes, { key, padding: 6, saltLength: Number(bits) / 8 });
  return sign(`sha${bits}`, bytes, key);
}

export interface TokenParts {
  alg?: string;
  key?: KeyObject | string;
  /** Beside `alg`. */
  header?: object;
  /** In place of the whole header. */
  rawHeader?: string | object;
  payload?: string | object;
}

/** A token of the issuer, with some parts changed. */
export function token(parts: TokenParts = {}): string {
  const { alg = "RS256", key = rsa.privateKey, header = { kid: "rsa" } } = parts;
  const { rawHeader = { alg, typ: "JWT", ...header }, payload = claims } = parts;
  const text = `${encode(rawHeader)}.${encode(payload)}`;
  return `${text}.${signature(alg, key, text).toString("base64url")}`;
}

export const bearer = (text: string): Record<string, string> => ({
  authorization: `Bearer ${text}`,
});

/** Parameters with one key manager whose keys stand there. */
export const local = (more: object = {}, manager: object = {}): object => ({
  keymanagers: [{ name: "main", issuer, jwks: { local: { inline: allKeys } }, ...manager }],
  ...more,
});

export const refused = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: { error: "Unauthorized", message: "Authentication failed" },
  upstream: null,
};
