import { generateKeyPairSync } from "node:crypto";
import { misconfigured, type Case } from "sluice/cases";
import { tokens } from "./cases/tokens.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const inline = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const sec1 = privateKey.export({ type: "sec1", format: "pem" }).toString();
const params = { algorithm: "ES256", signingKey: { inline } };

export const cases: Case[] = [
  ...tokens,
  {
    name: "tells the upstream who the caller is, whatever the client says of it",
    example: true,
    chain: [
      { name: "basic-auth", version: "v1", params: { username: "ada", password: "secret" } },
      { name: "backend-jwt", version: "v1", params: { ...params, customClaims: { team: "pets" } } },
    ],
    request: {
      path: "/",
      headers: { authorization: "Basic YWRhOnNlY3JldA==", "x-jwt-assertion": "forged" },
    },
    expect: {
      status: 200,
      upstream: { headers: { "x-jwt-assertion": /^[\w-]+\.[\w-]+\.[\w-]+$/ } },
    },
  },
  {
    name: "says nothing of nobody, and keeps what the client says from the upstream",
    params,
    request: { path: "/", headers: { "X-JWT-Assertion": ["forged", "forged again"] } },
    expect: { status: 200, upstream: { headers: { "x-jwt-assertion": null } } },
  },
  {
    name: "keeps the client's value of another header from the upstream too",
    params: { ...params, header: "X-Caller" },
    request: { path: "/", headers: { "x-caller": "forged" } },
    expect: { status: 200, upstream: { headers: { "x-caller": null } } },
  },
  ...misconfigured([
    ["no key", { algorithm: "ES256" }, /signingKey\.inline/],
    ["a key of another form", { ...params, signingKey: { inline: sec1 } }, /PKCS#8/],
    ["a path", { ...params, signingKey: { path: "/etc/key.pem" } }, /signingKey\.path/],
    ["no duration", { ...params, tokenExpiry: "soon" }, /tokenExpiry/],
    ["no time at all", { ...params, tokenExpiry: "0s" }, /tokenExpiry/],
    ["a reserved claim", { ...params, customClaims: { sub: "root" } }, /customClaims\.sub/],
    ["a mapped reserved claim", { ...params, claimMappings: { exp: "a" } }, /claimMappings\.exp/],
    ["what is not there", { ...params, customClaims: { a: "$ctx:else" } }, /\$ctx:else/],
  ]),
];
