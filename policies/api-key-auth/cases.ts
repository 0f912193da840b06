import { createHash } from "node:crypto";
import type { Case } from "sluice/cases";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const raw = `apip_${"5e".repeat(32)}`;
const api = { name: "pets", version: "v1.0", context: "/pets", kind: "RestApi" };
const chain = (params: object = {}) => ({
  api,
  policies: [{ name: "api-key-auth", version: "v1", params }],
});
/** Name, expiry, source, issuer, owner, consumer, application and its name. */
const key = (text: string, { of = "pets", expires = "", issuer = "", consumer = "" } = {}) => ({
  table: "key" as const,
  id: [of === "*" ? of : `RestApi/${of}`, hash(text)],
  fields: ["k-1", expires, issuer ? "external" : "local", issuer, "ada", consumer, "app-1", "App"],
});
const refused = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: '{"error":"Unauthorized","message":"Valid API key required"}',
  upstream: null,
};
const sending = (value: string, name = "API-Key") => ({ path: "/", headers: { [name]: value } });

export const cases: Case[] = [
  {
    name: "knows a caller by a key, and does not pass it on",
    example: true,
    chain: chain({ key: "X-API-Key", hideCredential: true }),
    feed: [key("apip_example")],
    steps: [
      {
        request: sending("apip_example", "X-API-Key"),
        expect: { status: 200, upstream: { headers: { "x-api-key": null } } },
      },
      { request: { path: "/" }, expect: refused },
    ],
  },
  {
    name: "lets a key of the API through",
    chain: chain(),
    feed: [key(raw)],
    request: sending(raw),
    expect: { status: 200, upstream: { headers: { "api-key": raw } } },
  },
  ...(
    [
      ["no key", { path: "/" }],
      ["an empty key", sending("")],
      ["a key that nobody has", sending("apip_nobody")],
      ["a key in another case", sending(raw.toUpperCase())],
      ["a key with more behind it", sending(`${raw}0`)],
      ["the hash in place of the key", sending(hash(raw))],
      ["the key in another header", sending(raw, "x-api-key")],
      ["the key as a query parameter", { path: `/?API-Key=${raw}` }],
      ["two keys, one of them good", { path: "/", headers: { "API-Key": [raw, "other"] } }],
      ["a key of unusual length", sending("k".repeat(2_000))],
    ] as [string, { path: string; headers?: Record<string, string | string[]> }][]
  ).map(([what, request]): Case => ({
    name: `refuses ${what}`,
    chain: chain(),
    feed: [key(raw)],
    request,
    expect: refused,
  })),
  {
    name: "refuses the key of an API of another kind with the same name",
    chain: { ...chain(), api: { ...api, kind: "Mcp" } },
    feed: [key(raw)],
    request: sending(raw),
    expect: refused,
  },
  {
    name: "refuses the key of another API",
    chain: chain(),
    feed: [key(raw, { of: "shop" })],
    request: sending(raw),
    expect: refused,
  },
  {
    name: "refuses a key that has expired, though its record is still there",
    chain: chain(),
    feed: [key(raw, { expires: "1000" })],
    request: sending(raw),
    expect: refused,
  },
  {
    name: "refuses a key from the moment that it is revoked",
    chain: chain(),
    feed: [key(raw)],
    steps: [
      { request: sending(raw), expect: { status: 200 } },
      { feed: [{ table: "key", id: ["RestApi/pets", hash(raw)] }] },
      { request: sending(raw), expect: refused },
    ],
  },
  {
    name: "takes a key with an issuer only if it is the configured one",
    chain: chain({ issuer: "portal" }),
    feed: [key("portals", { issuer: "portal" }), key("others", { issuer: "elsewhere" })],
    steps: [
      { request: sending("portals"), expect: { status: 200 } },
      { request: sending("others"), expect: refused },
    ],
  },
  {
    name: "takes a consumer's key with every API",
    chain: chain(),
    feed: [key(raw, { of: "*", consumer: "acme" })],
    request: sending(raw),
    expect: { status: 200 },
  },
  {
    name: "strips a prefix in any case, and refuses a value without it",
    chain: chain({ key: "Authorization", valuePrefix: "Bearer" }),
    feed: [key(raw)],
    steps: [
      { request: sending(`bEaReR ${raw}`, "authorization"), expect: { status: 200 } },
      { request: sending(raw, "authorization"), expect: refused },
      { request: sending("Bearer", "authorization"), expect: refused },
    ],
  },
  {
    name: "takes the key from the query, and takes it out where that is asked for",
    chain: chain({ in: "query", key: "api key", hideCredential: true }),
    feed: [key(raw)],
    steps: [
      {
        request: { path: `/a?x=1&api%20key=${raw}&y=2` },
        expect: { status: 200, upstream: { path: "/a?x=1&y=2" } },
      },
      {
        request: { path: `/a?api+key=${raw}` },
        expect: { status: 200, upstream: { path: "/a" } },
      },
      { request: { path: `/a?api+key=${raw}&api+key=x` }, expect: refused },
      { request: sending(raw, "api-key"), expect: refused },
    ],
  },
  {
    name: "takes the header out where that is asked for",
    chain: chain({ hideCredential: true }),
    feed: [key(raw)],
    request: sending(raw),
    expect: { status: 200, upstream: { headers: { "api-key": null } } },
  },
  {
    name: "knows keys of its own by their hashes, with no feed at all",
    params: {
      keys: [
        { name: "mine", sha256: hash("one") },
        { name: "yours", sha256: hash("two") },
      ],
    },
    feed: [],
    steps: [
      { request: sending("one"), expect: { status: 200 } },
      { request: sending("two"), expect: { status: 200 } },
      { request: sending("three"), expect: refused },
    ],
  },
  ...["acme", ""].map((consumer): Case => ({
    name: consumer ? "a key of its own may be a consumer's" : "or nobody's",
    chain: {
      api,
      policies: [
        ...chain({ keys: [{ name: "mine", sha256: hash("one"), consumer }] }).policies,
        { name: "acl", version: "v1", params: { allow: { groups: ["partners"] } } },
      ],
    },
    feed: [{ table: "consumer", id: ["acme"], fields: ["Acme", "", "partners", "{}"] }],
    request: sending("one"),
    expect: { status: consumer ? 200 : 403 },
  })),
];
