/**
 * Tokens that tell an upstream who the caller is. Behind the policy that makes them stands one that
 * verifies them, and shows their claims in headers.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Case } from "sluice/cases";
import * as callers from "sluice/policies/jwt-auth/cases/tokens.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
const inline = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const pem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

const login = {
  authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}`,
  "x-jwt-assertion": "forged",
};
const caller = {
  name: "basic-auth",
  version: "v1",
  params: { username: "ada", password: "secret" },
};
const signer = (params: object): object => ({ name: "backend-jwt", version: "v1", params });
const verifier = (key: KeyObject, claimMappings: object, issuer = "sluice"): object => ({
  name: "jwt-auth",
  version: "v1",
  params: {
    keymanagers: [{ name: "gateway", issuer, jwks: { local: { inline: pem(key) } } }],
    headerName: "x-jwt-assertion",
    authHeaderPrefix: "",
    forwardedTokenHeader: "x-jwt-assertion",
    maxTokenLifetime: "15m",
    claimMappings,
  },
});
const jwtCaller = { name: "jwt-auth", version: "v1", params: callers.local() };
const shown = (sub: string) =>
  callers.bearer(
    callers.token({ payload: { ...callers.claims, sub, team: "blue", tier: "gold" } }),
  );
const chain = (...links: object[]): Case["chain"] => links as Case["chain"];

const signed = (
  name: string,
  params: object,
  key: KeyObject,
  headers: Record<string, string | null>,
): Case => ({
  name,
  chain: chain(
    caller,
    signer(params),
    verifier(key, {
      sub: "x-sub",
      plan: "x-plan",
      "urn:path": "x-path",
      how: "x-how",
      who: "x-who",
      meta: "x-meta",
    }),
  ),
  request: { path: "/pets?a=1", headers: login },
  expect: { status: 200, upstream: { headers } },
});

const rs = { signingKey: { inline: inline(rsa.privateKey) } };
const es = { algorithm: "ES256", signingKey: { inline: inline(ec.privateKey) } };
const custom = {
  plan: "gold",
  "urn:path": "$ctx:request.path",
  how: "$ctx:kind",
  meta: "$ctx:metadata.auth.method",
};

export const tokens: Case[] = [
  signed("signs with RSA", rs, rsa.publicKey, { "x-sub": "ada" }),
  signed("signs with ECDSA", es, ec.publicKey, { "x-sub": "ada" }),
  signed(
    "says what the parameters add",
    { ...rs, customClaims: custom, claimMappings: { who: "sub", plan: "sub" } },
    rsa.publicKey,
    {
      "x-plan": "gold",
      "x-path": "/pets",
      "x-how": "basic",
      "x-who": "ada",
      "x-meta": "basic",
    },
  ),
  {
    name: "says the consumer whom the gateway knows by issuer and subject of a token",
    feed: [{ table: "credential", id: ["jwt", callers.issuer, "ada"], fields: ["acme"] }],
    chain: chain(
      { name: "jwt-auth", version: "v1", params: callers.local({ consumers: true }) },
      signer({ ...es, customClaims: { who: "$ctx:consumer" } }),
      verifier(ec.publicKey, { who: "x-who" }),
    ),
    request: { path: "/", headers: callers.bearer(callers.token()) },
    expect: { status: 200, upstream: { headers: { "x-who": "acme" } } },
  },
  {
    name: "answers 500 where the key is of the other kind",
    chain: chain(caller, signer({ ...rs, algorithm: "ES256" })),
    request: { path: "/", headers: login },
    expect: { status: 500, upstream: null },
  },
  {
    name: "answers 500 where an EC key is to sign as RSA",
    chain: chain(caller, signer({ ...es, algorithm: "SHA256withRSA" })),
    request: { path: "/", headers: login },
    expect: { status: 500, upstream: null },
  },
  {
    name: "answers 500 where the key is weak",
    chain: chain(caller, signer({ signingKey: { inline: inline(weak.privateKey) } })),
    request: { path: "/", headers: login },
    expect: { status: 500, upstream: null },
  },
  {
    name: "makes an unsigned token only where it is told to",
    chain: chain(caller, signer({ algorithm: "NONE" })),
    request: { path: "/", headers: login },
    expect: {
      status: 200,
      upstream: {
        headers: { "x-jwt-assertion": /^eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0\.[\w-]+\.$/ },
      },
    },
  },
  {
    name: "serves a caller's token again, and makes a new one before it ends",
    chain: chain(
      caller,
      signer({ ...es, tokenExpiry: "10m" }),
      verifier(ec.publicKey, { iat: "x-iat" }),
    ),
    only: { runner: "simulator", because: "minutes pass in it" },
    steps: [
      {
        request: { path: "/", headers: login },
        expect: { status: 200, upstream: { headers: { "x-iat": /^1767225600$/ } } },
      },
      { advanceMs: 470_000 },
      {
        request: { path: "/", headers: login },
        expect: { status: 200, upstream: { headers: { "x-iat": /^1767225600$/ } } },
      },
      { advanceMs: 20_000 },
      {
        request: { path: "/", headers: login },
        expect: { status: 200, upstream: { headers: { "x-iat": /^17672260[89]\d$/ } } },
      },
    ],
  },
  {
    name: "says of whom the token is, and the caller's claims behind a prefix, but for some",
    chain: chain(
      jwtCaller,
      signer({ ...es, issuer: "us", dialect: "urn:", excludedClaims: ["tier"] }),
      verifier(
        ec.publicKey,
        { "urn:team": "x-team", "urn:tier": "x-tier", tier: "x-tier-too" },
        "us",
      ),
    ),
    request: { path: "/", headers: shown("ada") },
    expect: {
      status: 200,
      upstream: { headers: { "x-team": "blue", "x-tier": null, "x-tier-too": null } },
    },
  },
  ...[
    { name: "keeps no more tokens than it may", params: { cacheMaxSize: 1 } },
    { name: "keeps none where it should not", params: { tokenCaching: false } },
  ].map(({ name, params }): Case => {
    const ask = (sub: string, iat: RegExp) => ({
      request: { path: "/", headers: shown(sub) },
      expect: { status: 200, upstream: { headers: { "x-iat": iat } } },
    });
    const [first, later] = [/^1767225600$/, /^176722562\d$/];
    return {
      name,
      chain: chain(
        jwtCaller,
        signer({ ...es, ...params }),
        verifier(ec.publicKey, { iat: "x-iat" }),
      ),
      only: { runner: "simulator", because: "its clock stands where the case wants it" },
      steps: [ask("ada", first), ask("bob", first), { advanceMs: 20_000 }, ask("ada", later)],
    };
  }),
];
