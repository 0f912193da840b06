import { createHash, createHmac } from "node:crypto";
import type { Case } from "sluice/cases";
import { authority, robot } from "sluice/policies/mtls-auth/certificates.ts";
import { allKeys, bearer, issuer, otherRsa, token } from "sluice/policies/jwt-auth/cases/tokens.ts";

type Alternative = { name: string; version: string; params?: object };

const of = (name: string, params: object): Alternative => ({ name, version: "v1", params });
const basic = of("basic-auth", { username: "ada", password: "pass" });
const apiKey = of("api-key-auth", {
  key: "x-key",
  hideCredential: true,
  keys: [{ name: "batch", sha256: createHash("sha256").update("key-1").digest("hex") }],
});
const idp = "out|https|idp.example|443";
const jwt = of("jwt-auth", {
  keymanagers: [{ name: "idp", issuer, jwks: { remote: { uri: "https://idp.example/keys" } } }],
  claimMappings: { sub: "x-user" },
});
const hmac = of("hmac-auth", {
  keys: [{ keyId: "bob", secret: "a secret of bob and the gateway" }],
  signedHeaders: ["(request-target)", "host", "digest"],
  validateBody: true,
});
const mtls = of("mtls-auth", { commonNames: ["robot"] });
const keySet: NonNullable<Case["clusters"]> = { [idp]: { body: allKeys } };

const byPassword = { authorization: `Basic ${Buffer.from("ada:pass").toString("base64")}` };
const byKey = { "x-key": "key-1" };
const byToken = bearer(token());
const forged = bearer(token({ key: otherRsa.privateKey }));
const ask = (headers: Record<string, string> = {}) => ({ path: "/", headers });
const refusedAs = (message: string, challenges?: string | string[]) => ({
  status: 401,
  headers: { "www-authenticate": challenges ?? null },
  body: { error: "Unauthorized", message },
  upstream: null,
});
const passes = { status: 200 };

/** Behind the policy: who it said the caller is. */
const caller = (expression: string) => of("cel-authz", { expression });
const multi = (anyOf: Alternative[], more: object = {}) => of("multi-auth", { anyOf, ...more });

const signed = (body: string, sent = body) => {
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const date = new Date(Date.UTC(2026, 0, 1)).toUTCString();
  const text = `(request-target): post /\nhost: pets.example\ndigest: ${digest}\ndate: ${date}`;
  const mark = createHmac("sha256", "a secret of bob and the gateway")
    .update(text)
    .digest("base64");
  const authorization = `Signature keyId="bob",algorithm="hmac-sha256",headers="(request-target) host digest date",signature="${mark}"`;
  return {
    method: "POST",
    path: "/",
    headers: { host: "pets.example", date, digest, authorization },
    body: sent,
  };
};

export const cases: Case[] = [
  {
    name: "lets through by a key or by a password, and asks for both where there is neither",
    example: true,
    params: { anyOf: [basic, apiKey] },
    steps: [
      { request: ask(byKey), expect: { status: 200, upstream: { headers: { "x-key": null } } } },
      { request: ask(byPassword), expect: passes },
      { request: ask(), expect: refusedAs("Valid API key required", 'Basic realm="Restricted"') },
    ],
  },
  {
    name: "waits for what an alternative asks another service, wherever it stands",
    chain: [multi([jwt, basic]), caller("auth.AuthType == 'jwt' || auth.AuthType == 'basic'")],
    clusters: keySet,
    steps: [
      {
        request: ask(byToken),
        expect: { status: 200, upstream: { headers: { "x-user": "ada" } } },
      },
      { request: ask(byPassword), expect: passes },
      {
        request: ask(forged),
        expect: refusedAs("Authentication required", [
          'Basic realm="Restricted"',
          'Bearer error="invalid_token"',
        ]),
      },
    ],
  },
  {
    name: "tries the next when the service of one is not there",
    params: { anyOf: [jwt, apiKey] },
    clusters: { [idp]: "refuse" },
    request: ask({ ...byToken, ...byKey }),
    expect: passes,
  },
  {
    name: "waits for a later one when the first has refused",
    params: { anyOf: [basic, apiKey, jwt] },
    clusters: keySet,
    steps: [
      {
        request: ask(byToken),
        expect: { status: 200, upstream: { headers: { "x-user": "ada" } } },
      },
      { request: ask(forged), expect: { status: 401, upstream: null } },
    ],
  },
  {
    name: "tries the agent's verdict on a password, and then a key",
    params: {
      anyOf: [
        of("basic-auth", {
          username: "ada",
          passwordHash: "$2b$04$3hCS8HW4cccmeNRAhq/RKOLmTQfC/PKisXiceyAdIQsjazXGf1Yaq",
          verdictTtl: "0s",
        }),
        apiKey,
      ],
    },
    clusters: { "sluice.agent": { body: '{"ok":false}' } },
    steps: [
      { request: ask({ ...byPassword, ...byKey }), expect: passes },
      { request: ask(byPassword), expect: { status: 401, upstream: null } },
    ],
  },
  {
    name: "takes the first that is content, and runs no other",
    chain: [multi([apiKey, jwt]), caller("auth.AuthType == 'apikey' && auth.Subject == 'batch'")],
    clusters: keySet,
    request: ask({ ...byKey, ...byToken, "x-user": "mallory" }),
    expect: { status: 200, upstream: { headers: { "x-user": "mallory" } } },
  },
  {
    name: "leaves nothing of one that refused",
    chain: [
      multi([
        basic,
        of("basic-auth", { username: "x", password: "y", allowUnauthenticated: true }),
      ]),
      caller(
        "!auth.Authenticated && request.Metadata['auth.success'] == 'false' && request.Metadata['auth.method'] == 'basic'",
      ),
    ],
    request: ask(),
    expect: passes,
  },
  {
    name: "keeps the caller that a policy before it found",
    chain: [
      apiKey,
      multi([basic, jwt], { allowUnauthenticated: true }),
      caller("auth.AuthType == 'apikey' && request.Metadata['auth.method'] == 'multi'"),
    ],
    clusters: keySet,
    request: ask({ ...byKey, ...forged }),
    expect: passes,
  },
  {
    name: "lets anyone through where that is allowed, as nobody",
    chain: [multi([basic, apiKey], { allowUnauthenticated: true }), caller("!auth.Authenticated")],
    request: ask({ "x-key": "wrong" }),
    expect: passes,
  },
  {
    name: "answers as the one that it is told to",
    params: { anyOf: [basic, apiKey], answerOf: "basic-auth" },
    request: ask(),
    expect: refusedAs("Authentication required", 'Basic realm="Restricted"'),
  },
  {
    name: "says so when one could not tell",
    params: {
      anyOf: [
        of("basic-auth", {
          username: "ada",
          passwordHash: "$2b$04$3hCS8HW4cccmeNRAhq/RKOLmTQfC/PKisXiceyAdIQsjazXGf1Yaq",
        }),
        apiKey,
      ],
    },
    clusters: { "sluice.agent": "refuse" },
    request: ask(byPassword),
    expect: { status: 503, upstream: null },
  },
  {
    name: "holds the body for the one that was content, and for no other",
    params: { anyOf: [hmac, apiKey] },
    steps: [
      { request: signed("a body"), expect: { status: 200, upstream: { body: "a body" } } },
      { request: signed("a body", "b body"), expect: { status: 401, upstream: null } },
      {
        request: { method: "POST", ...ask(byKey), body: "a body" },
        expect: { status: 200, upstream: { body: "a body" } },
      },
    ],
    only: { runner: "simulator", because: "its clock stands where the case wants it" },
  },
  {
    name: "takes a certificate or a key",
    params: { anyOf: [mtls, apiKey] },
    clientAuthority: authority,
    steps: [
      { request: { path: "/", scheme: "https", clientCertificate: robot }, expect: passes },
      { request: { ...ask(byKey), scheme: "https" }, expect: passes },
      { request: ask(byKey), expect: passes },
      { request: { path: "/", scheme: "https" }, expect: { status: 401, upstream: null } },
    ],
  },
  {
    name: "refuses before what stands behind it counts",
    chain: [
      multi([basic, apiKey]),
      of("basic-ratelimit", { limits: [{ requests: 1, duration: "1h" }] }),
    ],
    feed: [],
    steps: [
      { request: ask(), expect: { status: 401 } },
      { request: ask({ "x-key": "no" }), expect: { status: 401 } },
      { request: ask(byKey), expect: passes },
      { request: ask(byPassword), expect: { status: 429 } },
    ],
  },
  {
    name: "stands aside with all of its alternatives where its condition says so",
    chain: [
      {
        ...multi([basic, apiKey]),
        executionCondition: "request.Method != 'OPTIONS'",
      },
    ],
    steps: [
      { request: { path: "/", method: "OPTIONS" }, expect: passes },
      { request: ask(), expect: { status: 401 } },
    ],
  },
  ...(
    [
      ["one alternative", { anyOf: [basic] }, /anyOf/],
      ["a policy that is not there", { anyOf: [basic, of("no-auth", {})] }, /no policy no-auth v1/],
      [
        "parameters that do not fit",
        { anyOf: [basic, of("basic-auth", {})] },
        /username: is required/,
      ],
      [
        "a limit, which looks at responses",
        { anyOf: [basic, of("basic-ratelimit", { limits: [{ requests: 1, duration: "1h" }] })] },
        /at no response/,
      ],
      ["another of its kind", { anyOf: [basic, multi([basic, apiKey])] }, /offers none itself/],
      [
        "an answer of nobody",
        { anyOf: [basic, apiKey], answerOf: "jwt-auth" },
        /answerOf: expected the name/,
      ],
    ] as [string, object, RegExp][]
  ).map(([what, params, log]): Case => ({
    name: `is not to be configured with ${what}`,
    params,
    request: ask(byPassword),
    expect: { status: 500, upstream: null, logs: [log] },
  })),
];
