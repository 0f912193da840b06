/** What the route wants of a token that is good, and how a refusal looks. */
import { createHash } from "node:crypto";
import type { Case } from "sluice/cases";
import { bearer, claims, future, local, past, refused, token } from "./tokens";

const checked = (name: string, params: object, payload: object, status: number): Case => ({
  name,
  params: local(params),
  request: { path: "/", headers: bearer(token({ payload: { ...claims, ...payload } })) },
  expect: status === 200 ? { status } : refused,
});

const good = token();
const withId = token({ payload: { ...claims, jti: "one" } });
const sending = (text: string) => ({ path: "/", headers: bearer(text) });
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const scopes = { allOf: ["read"], anyOf: ["write", "admin"] };
const expectations = {
  allOf: [{ claim: "realm.roles", values: ["dev", "ops"] }],
  anyOf: [
    { claim: "tier", values: ["gold"] },
    { claim: "level", values: ["7"] },
  ],
};
const roles = { realm: { roles: ["ops"] } };

export const requirements: Case[] = [
  checked(
    "takes any of the audiences",
    { audiences: ["dogs", "pets"] },
    { aud: ["x", "pets"] },
    200,
  ),
  checked("refuses another audience", { audiences: ["dogs"] }, {}, 401),
  checked("refuses no audience", { audiences: ["dogs"] }, { aud: undefined }, 401),
  checked("refuses an audience that is no text", { audiences: ["1"] }, { aud: 1 }, 401),
  checked("takes scopes as text", { scopes }, { scope: "admin read" }, 200),
  checked("takes scopes as an array, in scp", { scopes }, { scp: ["read", "write"] }, 200),
  checked("refuses where one of all scopes is missing", { scopes }, { scope: "write admin" }, 401),
  checked("refuses where none of any scopes is there", { scopes }, { scope: "read" }, 401),
  checked("refuses a scope that only starts right", { scopes }, { scope: "read writer" }, 401),
  checked("takes one of the required scopes", { requiredScopes: ["a", "b"] }, { scope: "b" }, 200),
  checked(
    "refuses none of the required scopes",
    { requiredScopes: ["a", "b"] },
    { scope: "c" },
    401,
  ),
  checked(
    "lets scopes beat requiredScopes",
    { requiredScopes: ["a"], scopes },
    { scope: "read write" },
    200,
  ),
  checked("takes claims", { claims: expectations }, { ...roles, level: 7 }, 200),
  checked(
    "refuses where one of all claims is missing",
    { claims: expectations },
    { tier: "gold" },
    401,
  ),
  checked("refuses where none of any claims is there", { claims: expectations }, roles, 401),
  checked(
    "refuses a claim of another value",
    { claims: expectations },
    { ...roles, tier: "Gold" },
    401,
  ),
  checked(
    "takes required claims",
    { requiredClaims: { tier: "gold", ok: "true" } },
    { tier: "gold", ok: true },
    200,
  ),
  checked(
    "refuses where a required claim differs",
    { requiredClaims: { tier: "gold" } },
    { tier: "golden" },
    401,
  ),
  checked(
    "refuses a list for a required claim",
    { requiredClaims: { tier: "gold" } },
    { tier: ["gold"] },
    401,
  ),
  checked("refuses a token without an expiry", {}, { exp: undefined }, 401),
  checked("refuses a token that lives too long", { maxTokenLifetime: "24h" }, {}, 401),
  checked(
    "wants iat where the lifetime is limited",
    { maxTokenLifetime: "876000h" },
    { iat: undefined },
    401,
  ),
  checked("takes a token that lives short enough", { maxTokenLifetime: "876000h" }, {}, 200),
  checked("refuses an expired token", {}, { exp: past }, 401),
  checked("refuses a token that is not valid yet", {}, { nbf: future - 60 }, 401),
  checked("refuses a token from the future", {}, { iat: future - 60 }, 401),
  checked("refuses a time that is no number", {}, { exp: "4102444800" }, 401),
  checked(
    "refuses an algorithm that the gateway does not allow",
    { allowedalgorithms: ["ES256"] },
    {},
    401,
  ),
  {
    name: "reads scopes from the claim and with the separator of the key manager",
    params: local({ scopes }, { scopeClaim: "permissions.list", scopeClaimSeparator: "," }),
    request: {
      path: "/",
      headers: bearer(token({ payload: { ...claims, permissions: { list: "read,write" } } })),
    },
    expect: { status: 200 },
  },
  {
    name: "reads no scopes from elsewhere then",
    params: local({ scopes }, { scopeClaim: "permissions" }),
    request: { path: "/", headers: bearer(token({ payload: { ...claims, scope: "read write" } })) },
    expect: refused,
  },
  {
    name: "counts a token until exp and the leeway are over, and from nbf less the leeway on",
    params: local({ leeway: "10s" }),
    only: { runner: "simulator", because: "its clock stands where the case wants it" },
    steps: edges(Date.UTC(2026, 0, 1) / 1000),
  },
  ...(
    [
      [
        "json",
        { "content-type": "application/json" },
        { error: "Unauthorized", message: "Go away" },
      ],
      ["plain", { "content-type": "text/plain" }, "Go away"],
      ["minimal", { "content-type": "text/plain" }, "Unauthorized"],
    ] as [string, Record<string, string>, string | object][]
  ).map(([format, headers, body]): Case => ({
    name: `refuses in the format ${format}`,
    params: local({ errormessageformat: format, errormessage: "Go away" }),
    request: { path: "/" },
    expect: { status: 401, headers: { ...headers, "www-authenticate": "Bearer" }, body },
  })),
  {
    name: "refuses tokens that were revoked, by their id or themselves, as soon as they are",
    params: local({ checkrevocations: true }),
    feed: [],
    steps: [
      ...[withId, good].map((text) => ({ request: sending(text), expect: { status: 200 } })),
      {
        feed: [
          { table: "revocation", id: ["jti", claims.iss, "one"], fields: ["0"] },
          { table: "revocation", id: ["sha256", sha256(good)], fields: ["0"] },
        ],
      },
      ...[withId, good].map((text) => ({ request: sending(text), expect: refused })),
      { request: sending(token({ payload: { ...claims, jti: "two" } })), expect: { status: 200 } },
    ],
  },
  {
    name: "is not to be configured with a status that no refusal has",
    params: local({ onfailurestatuscode: 402 }),
    request: { path: "/" },
    expect: {
      status: 500,
      upstream: null,
      logs: [/onfailurestatuscode: expected one of 401, 403, found 402/],
    },
  },
  {
    name: "refuses with 403 where the gateway says so",
    params: local({ onfailurestatuscode: 403 }),
    request: { path: "/" },
    expect: {
      status: 403,
      headers: { "www-authenticate": null },
      body: { error: "Forbidden", message: "Authentication failed" },
    },
  },
  {
    name: "tells a client that its token is not good",
    params: local(),
    request: { path: "/", headers: bearer("a.b.c") },
    expect: { ...refused, headers: { "www-authenticate": 'Bearer error="invalid_token"' } },
  },
];

function edges(now: number) {
  const at = (payload: object, status: number) => ({
    request: { path: "/", headers: bearer(token({ payload: { ...claims, ...payload } })) },
    expect: { status },
  });
  return [
    at({ exp: now - 9 }, 200),
    at({ exp: now - 10 }, 401),
    at({ nbf: now + 10 }, 200),
    at({ nbf: now + 11 }, 401),
    at({ iat: now + 10 }, 200),
    at({ iat: now + 11 }, 401),
  ];
}
