import type { Case } from "sluice/cases";

type Service = NonNullable<Case["clusters"]>[string];

const cluster = "out|http|idp.example|80";
const future = Date.UTC(2100, 0, 1) / 1000;
const active = {
  active: true,
  sub: "ada",
  aud: ["pets", "dogs"],
  scope: "read write",
  tier: "gold",
  iss: "https://idp.example",
  exp: future,
};

const provider = (introspection: object = {}, more: object = {}): object => ({
  name: "main",
  issuer: "https://idp.example",
  introspection: {
    uri: "http://idp.example/introspect?t=1",
    clientId: "gate way",
    clientSecret: "s&cret",
    ...introspection,
  },
  ...more,
});
const params = (more: object = {}, ...providers: object[]): object => ({
  introspectionproviders: providers.length ? providers : [provider()],
  ...more,
});
const says = (body: string | object, status = 200): Record<string, Service> => ({
  [cluster]: { status, body: typeof body === "string" ? body : JSON.stringify(body) },
});
const request = (token = "token-1") => ({
  path: "/",
  headers: { authorization: `Bearer ${token}` },
});
const refused = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: { error: "Unauthorized", message: "Authentication failed" },
  upstream: null,
};
/** Each time it is asked for, one that starts anew: a case is played twice. */
const inTurn = (answers: Service[], rest: Omit<Case, "clusters">): Case => ({
  ...rest,
  get clusters() {
    let asked = 0;
    return { [cluster]: (() => answers[Math.min(asked++, answers.length - 1)]) as Service };
  },
});
const answer = (body: object): Service => ({ body: JSON.stringify(body) });
const judged = (name: string, more: object, body: object, status: number): Case => ({
  name,
  params: params({ tokencaching: false, ...more }),
  clusters: says({ ...active, ...body }),
  request: request(),
  expect: status === 200 ? { status } : refused,
});

export const cases: Case[] = [
  {
    name: "asks about a token, as RFC 7662 and RFC 6749 want it, and moves it to its header",
    example: true,
    params: params({}, provider({ tokenTypeHint: "access_token" })),
    clusters: says(active),
    request: {
      path: "/",
      headers: { authorization: "Bearer a+b/c~1", "x-forwarded-authorization": "forged" },
    },
    expect: {
      status: 200,
      callouts: [
        {
          cluster,
          method: "POST",
          path: "/introspect?t=1",
          headers: {
            authorization: `Basic ${Buffer.from("gate%20way:s%26cret").toString("base64")}`,
            "content-type": "application/x-www-form-urlencoded",
          },
          body: "token=a%2Bb%2Fc~1&token_type_hint=access_token",
        },
      ],
      upstream: {
        headers: { authorization: null, "x-forwarded-authorization": ["Bearer a+b/c~1"] },
      },
    },
  },
  {
    name: "shows its credentials in the form",
    params: params({}, provider({ authStyle: "post" })),
    clusters: says(active),
    request: request("token-form"),
    expect: {
      status: 200,
      callouts: [
        {
          cluster,
          headers: { authorization: null },
          body: "token=token-form&client_id=gate%20way&client_secret=s%26cret",
        },
      ],
    },
  },
  {
    name: "shows a token of its own",
    params: params(
      {},
      { name: "main", introspection: { uri: "http://idp.example/i", bearerToken: "own" } },
    ),
    clusters: says(active),
    request: request("token-own"),
    expect: { status: 200, callouts: [{ cluster, headers: { authorization: "Bearer own" } }] },
  },
  {
    name: "keeps an answer, and not for another token",
    params: params(),
    clusters: says(active),
    steps: [
      { request: request("kept"), expect: { status: 200 } },
      { request: request("kept"), expect: { status: 200, callouts: [] } },
      { request: request("kept2"), expect: { status: 200, callouts: [{ cluster }] } },
    ],
  },
  {
    name: "keeps that a token is not active",
    params: params(),
    clusters: says({ active: false }),
    steps: [
      { request: request("inactive"), expect: { ...refused, callouts: [{ cluster }] } },
      { request: request("inactive"), expect: { ...refused, callouts: [] } },
    ],
  },
  {
    name: "asks again when what is kept is too old",
    params: params({ tokencachettl: "500ms", negativecachettl: "500ms" }),
    clusters: says(active),
    steps: [
      { request: request("old"), expect: { status: 200 } },
      { advanceMs: 700 },
      { request: request("old"), expect: { status: 200, callouts: [{ cluster }] } },
    ],
  },
  inTurn([answer(active), answer({ active: false })], {
    name: "sees that a token was revoked when the answer is too old",
    params: params({ tokencachettl: "500ms" }),
    steps: [
      { request: request("revoked"), expect: { status: 200 } },
      { advanceMs: 700 },
      { request: request("revoked"), expect: refused },
    ],
  }),
  {
    name: "keeps no answer past the token's end",
    params: params(),
    clusters: says({ ...active, exp: Date.UTC(2026, 0, 1) / 1000 + 10 }),
    only: { runner: "simulator", because: "its clock stands where the case wants it" },
    steps: [
      { request: request("ends"), expect: { status: 200 } },
      { advanceMs: 11_000 },
      { request: request("ends"), expect: { ...refused, callouts: [{ cluster }] } },
    ],
  },
  inTurn([{ status: 503 }, { status: 500 }, answer(active)], {
    name: "asks again where there is no answer",
    params: params({ retryinterval: "50ms" }),
    request: request("again"),
    expect: { status: 200 },
  }),
  inTurn([{ status: 503 }, { status: 503 }, answer(active)], {
    name: "gives up after some tries, and keeps nothing of it",
    params: params({ retryinterval: "50ms", retrycount: 1 }),
    steps: [
      { request: request("gives-up"), expect: refused },
      { request: request("gives-up"), expect: { status: 200 } },
    ],
  }),
  ...(
    [
      ["an error", { status: 403, body: JSON.stringify(active) }],
      ["what is not JSON", { body: "true" }],
      ["active as text", answer({ ...active, active: "true" })],
      ["active as a number", answer({ ...active, active: 1 })],
      ["active twice", { body: '{"active":false,"active":true}' }],
      ["nothing about active", answer({ sub: "ada" })],
      ["nothing", "refuse"],
      ["too much", answer({ ...active, more: "x".repeat(70_000) })],
    ] as [string, Service][]
  ).map(([what, body]): Case => ({
    name: `refuses where the answer is ${what}`,
    params: params({ retrycount: 0 }),
    clusters: { [cluster]: body },
    request: request(),
    expect: refused,
  })),
  {
    name: "refuses where the gateway has no way to ask",
    params: params({ retrycount: 0 }),
    request: request("no way"),
    expect: refused,
  },
  judged("refuses an end that has come", {}, { exp: 1 }, 401),
  judged("refuses a beginning that has not", {}, { nbf: future }, 401),
  judged("refuses another issuer", {}, { iss: "https://evil.example" }, 401),
  judged("takes an answer without issuer", {}, { iss: undefined }, 200),
  judged("takes one of the audiences", { audiences: ["cats", "dogs"] }, {}, 200),
  judged("refuses other audiences", { audiences: ["cats"] }, {}, 401),
  judged("takes one of the scopes", { requiredScopes: ["admin", "read"] }, {}, 200),
  judged("refuses other scopes", { requiredScopes: ["admin"] }, {}, 401),
  judged("takes the claims", { requiredClaims: { tier: "gold" } }, {}, 200),
  judged("refuses other claims", { requiredClaims: { tier: "silver" } }, {}, 401),
  {
    name: "asks only where the token looks right",
    params: params({}, provider({}, { tokenPattern: "^idp_[a-z]+$" })),
    clusters: says(active),
    steps: [
      { request: request("idp_abc"), expect: { status: 200 } },
      { request: request("else"), expect: { ...refused, callouts: [] } },
      { request: request("idp_abc1"), expect: { ...refused, callouts: [] } },
    ],
  },
  {
    name: "asks one after the other",
    params: params(
      {},
      provider(),
      provider({ uri: "http://two.example/i" }, { name: "two", issuer: "two" }),
    ),
    clusters: {
      ...says({ active: false }),
      "out|http|two.example|80": answer({ ...active, iss: "two" }),
    },
    request: request("second"),
    expect: { status: 200, callouts: [{ cluster }, { cluster: "out|http|two.example|80" }] },
  },
  {
    name: "asks only those that the route trusts",
    params: params(
      { issuers: ["two"] },
      provider(),
      provider({ uri: "http://two.example/i" }, { name: "second", issuer: "two" }),
    ),
    clusters: { ...says(active), "out|http|two.example|80": answer({ active: false }) },
    request: request("trusted"),
    expect: { ...refused, callouts: [{ cluster: "out|http|two.example|80" }] },
  },
  ...(
    [
      ["no header", {}],
      ["another scheme", { authorization: "Basic token-1" }],
      ["the scheme alone", { authorization: "Bearer " }],
      ["two headers", { authorization: ["Bearer token-1", "Bearer token-2"] }],
      ["two tokens", { authorization: "Bearer token-1 token-2" }],
    ] as [string, Record<string, string | string[]>][]
  ).map(([what, headers]): Case => ({
    name: `refuses ${what} without asking`,
    params: params(),
    clusters: says(active),
    request: { path: "/", headers },
    expect: { ...refused, callouts: [] },
  })),
  {
    name: "refuses as the gateway says",
    params: params({
      onfailurestatuscode: 403,
      errormessageformat: "plain",
      errormessage: "Go away",
    }),
    request: { path: "/" },
    expect: { status: 403, headers: { "content-type": "text/plain" }, body: "Go away" },
  },
  {
    name: "reads another header and keeps the token to itself",
    params: params({ headerName: "x-token", authHeaderPrefix: "", forwardToken: false }),
    clusters: says(active),
    request: { path: "/", headers: { "x-token": "bare", "x-forwarded-authorization": "forged" } },
    expect: {
      status: 200,
      upstream: { headers: { "x-token": null, "x-forwarded-authorization": null } },
    },
  },
  {
    name: "reads the header and the scheme that the gateway is configured with, and forwards it in another",
    params: params({
      headername: "X-Token",
      authheaderscheme: "Opaque",
      forwardedTokenHeader: "x-sent",
    }),
    clusters: says(active),
    request: { path: "/", headers: { "x-token": "opaque t-1" } },
    expect: { status: 200, upstream: { headers: { "x-token": null, "x-sent": "opaque t-1" } } },
  },
  {
    name: "refuses in as few words as it may",
    params: params({ errormessageformat: "minimal" }),
    request: { path: "/" },
    expect: { status: 401, body: "Unauthorized" },
  },
  {
    name: "waits no longer for an answer than it may",
    params: params({ introspectiontimeout: "100ms", retrycount: 0 }),
    clusters: { [cluster]: "hang" },
    request: request("hangs"),
    expect: refused,
  },
  ...[
    ["sub", 200],
    ["tier", 403],
  ].map(([userIdClaim, status]): Case => ({
    name: `says that the caller is the claim ${userIdClaim}`,
    chain: [
      { name: "opaque-token-auth", version: "v1", params: params({ userIdClaim }) },
      { name: "acl", version: "v1", params: { allow: { subjects: ["ada"] } } },
    ],
    clusters: says(active),
    request: request("who"),
    expect: { status: Number(status) },
  })),
  {
    name: "keeps as many answers as it may",
    params: params({ cachemaxsize: 1 }),
    clusters: says(active),
    steps: [
      { request: request("first"), expect: { status: 200 } },
      { request: request("other"), expect: { status: 200 } },
      { request: request("first"), expect: { status: 200, callouts: [{ cluster }] } },
    ],
  },
];
