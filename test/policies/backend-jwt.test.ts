/**
 * Tokens that tell an upstream who the caller is. Behind the policy that makes them stands one that
 * verifies them, and shows their claims in headers.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { play, simulatorRunner, type Case } from "../../host-sim/index.ts";
import * as tokens from "../../policies/jwt-auth/cases/tokens.ts";
import { envoyCases } from "../runners/envoy-cases.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
const inline = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const pem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

const policies = ["policies/backend-jwt", "policies/basic-auth", "policies/jwt-auth"];
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
const verifier = (key: KeyObject, claimMappings: object): object => ({
  name: "jwt-auth",
  version: "v1",
  params: {
    keymanagers: [{ name: "gateway", issuer: "sluice", jwks: { local: { inline: pem(key) } } }],
    headerName: "x-jwt-assertion",
    authHeaderPrefix: "",
    forwardedTokenHeader: "x-jwt-assertion",
    maxTokenLifetime: "15m",
    claimMappings,
  },
});
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

const cases: Case[] = [
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
    feed: [{ table: "credential", id: ["jwt", tokens.issuer, "ada"], fields: ["acme"] }],
    chain: chain(
      { name: "jwt-auth", version: "v1", params: tokens.local({ consumers: true }) },
      signer({ ...es, customClaims: { who: "$ctx:consumer" } }),
      verifier(ec.publicKey, { who: "x-who" }),
    ),
    request: { path: "/", headers: tokens.bearer(tokens.token()) },
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
];

const envoy = envoyCases();
let module: Uint8Array;
beforeAll(async () => {
  module = (await build(policies)).wasm;
}, 120_000);
afterAll(() => envoy.close());

describe.each([simulatorRunner(), envoy])("on $name", (runner) => {
  test.each(cases)("$name", async (one) => {
    const outcome = await play(one, runner, module, { name: "backend-jwt", version: "v1" });
    expect(outcome.lines).toEqual(outcome.result === "skipped" ? [expect.anything()] : []);
  });
});
