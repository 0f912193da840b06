import { createHash } from "node:crypto";
import type { Case } from "sluice/cases";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const password = { username: "ada", password: "secret" };
const basic = { authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}` };
const api = { name: "pets", version: "v1.0", context: "/pets", kind: "RestApi" };
const behind = (policy: string, params: object, acl: object) => ({
  api,
  policies: [
    { name: policy, version: "v1", params },
    { name: "acl", version: "v1", params: acl },
  ],
});
const feed = [
  {
    table: "key" as const,
    id: ["*", hash("k")],
    fields: ["k", "", "local", "", "o", "acme", "", ""],
  },
  { table: "consumer" as const, id: ["acme"], fields: ["Acme", "gold", "partners,beta", "{}"] },
];
/** A caller whose token has the scopes read and write. */
const scoped = (acl: object): Pick<Case, "chain" | "clusters" | "request"> => ({
  chain: behind(
    "opaque-token-auth",
    { introspectionproviders: [{ name: "idp", introspection: { uri: "http://idp/introspect" } }] },
    acl,
  ),
  clusters: {
    "out|http|idp|80": { body: JSON.stringify({ active: true, sub: "ada", scope: "read write" }) },
  },
  request: { path: "/", headers: { authorization: "Bearer token" } },
});
const withKey = { path: "/", headers: { "api-key": "k" } };
const forbidden = (message = "You are not allowed to use this") => ({
  status: 403,
  body: { error: "Forbidden", message },
  upstream: null,
});

export const cases: Case[] = [
  {
    name: "refuses callers whom nobody has authenticated",
    params: { allow: { subjects: ["ada"] } },
    request: { path: "/" },
    expect: {
      status: 401,
      body: { error: "Unauthorized", message: "Authentication required" },
      upstream: null,
    },
  },
  {
    name: "lets through who is allowed, and refuses the others",
    chain: behind("basic-auth", password, { allow: { subjects: ["ada"] } }),
    request: { path: "/", headers: basic },
    expect: { status: 200 },
  },
  {
    name: "refuses who is not among the allowed",
    example: true,
    chain: behind("basic-auth", password, { allow: { subjects: ["bob"] }, message: "Ask Bob" }),
    request: { path: "/", headers: basic },
    expect: forbidden("Ask Bob"),
  },
  {
    name: "refuses who is denied, though allowed",
    chain: behind("basic-auth", password, {
      allow: { subjects: ["ada"] },
      deny: { subjects: ["ada"] },
    }),
    request: { path: "/", headers: basic },
    expect: forbidden(),
  },
  ...(
    [
      ["consumers", "acme", "globex"],
      ["groups", "beta", "alpha"],
      ["plans", "gold", "free"],
    ] as const
  ).flatMap(([what, its, other]): Case[] => [
    {
      name: `allows by ${what}`,
      chain: behind("api-key-auth", {}, { allow: { [what]: [other, its] } }),
      feed,
      request: withKey,
      expect: { status: 200 },
    },
    {
      name: `refuses other ${what}`,
      chain: behind("api-key-auth", {}, { allow: { [what]: [other] } }),
      feed,
      request: withKey,
      expect: forbidden(),
    },
  ]),
  ...Object.entries({ consumers: "acme", groups: "partners", plans: "gold" }).map(
    ([what, its]): Case => ({
      name: `denies by ${what}`,
      chain: behind("api-key-auth", {}, { deny: { [what]: ["other", its] } }),
      feed,
      request: withKey,
      expect: forbidden(),
    }),
  ),
  {
    name: "allows by scopes",
    ...scoped({ allow: { scopes: ["admin", "write"] } }),
    expect: { status: 200 },
  },
  {
    name: "refuses other scopes",
    ...scoped({ allow: { scopes: ["admin"] } }),
    expect: forbidden(),
  },
  { name: "denies by scopes", ...scoped({ deny: { scopes: ["write"] } }), expect: forbidden() },
  {
    name: "lets everybody through who was authenticated and is not denied",
    chain: behind("api-key-auth", {}, { deny: { groups: ["strangers"] } }),
    feed,
    request: withKey,
    expect: { status: 200 },
  },
];
