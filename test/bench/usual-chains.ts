/** The chains whose cost is promised, and what their clients send. */
import { createHash } from "node:crypto";
import { allKeys, bearer, ec, issuer, token } from "../../policies/jwt-auth/cases/tokens.ts";
import { usualClaims } from "./usual-claims.ts";

export interface UsualChain {
  name: string;
  /** Chains of one half are compared with the same bare Envoy. */
  half: "key" | "jwt";
  policies: { name: string; params: object }[];
  headers: Record<string, string>;
}

export const usualPolicies = [
  "jwt-auth",
  "api-key-auth",
  "basic-ratelimit",
  "set-headers",
  "remove-headers",
];

const key = {
  name: "api-key-auth",
  params: {
    key: "x-api-key",
    keys: [{ name: "bench", sha256: createHash("sha256").update("k").digest("hex") }],
  },
};
const jwt = {
  name: "jwt-auth",
  params: { keymanagers: [{ name: "main", issuer, jwks: { local: { inline: allKeys } } }] },
};
const limit = { name: "basic-ratelimit", params: { limits: [{ requests: 1e9, duration: "1h" }] } };
const headers = [
  {
    name: "set-headers",
    params: {
      request: { headers: [{ name: "x-a", value: "1" }] },
      response: { headers: [{ name: "x-b", value: "2" }] },
    },
  },
  {
    name: "remove-headers",
    params: {
      request: { headers: [{ name: "x-c" }] },
      response: { headers: [{ name: "server" }] },
    },
  },
];

const sent = { "x-api-key": "k" };
const rs256 = bearer(token({ payload: usualClaims }));
const es256 = bearer(
  token({ payload: usualClaims, alg: "ES256", key: ec.privateKey, header: { kid: "ec" } }),
);

export const usualChains: UsualChain[] = [
  { half: "key", name: "an API key", policies: [key], headers: sent },
  { half: "key", name: "a local rate limit", policies: [limit], headers: sent },
  {
    ...{ half: "key", name: "key, limit, two header policies", headers: sent },
    policies: [key, limit, ...headers],
  },
  { half: "jwt", name: "JWT, RS256, verdict cached", policies: [jwt], headers: rs256 },
  {
    ...{ half: "jwt", name: "JWT, limit, two header policies", headers: rs256 },
    policies: [jwt, limit, ...headers],
  },
  { half: "jwt", name: "JWT, ES256, verdict cached", policies: [jwt], headers: es256 },
];
