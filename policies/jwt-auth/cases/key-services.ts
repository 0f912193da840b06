/** Keys that a service has: fetched, kept, fetched again, and what happens when it does not answer. */
import type { Case } from "sluice/cases";
import {
  allKeys,
  bearer,
  claims,
  issuer,
  jwk,
  keySet,
  otherRsa,
  refused,
  rsa,
  secret,
  token,
} from "./tokens";

type Service = NonNullable<Case["clusters"]>[string];

const remote = (more: object = {}, uri = "http://idp.example/keys?v=1#x"): object => ({
  keymanagers: [{ name: "main", issuer, jwks: { remote: { uri } } }],
  ...more,
});
const cluster = "out|http|idp.example|80";
const service = (body: string, status = 200): Record<string, Service> => ({
  [cluster]: { status, body },
});
const request = (text = token()) => ({ path: "/", headers: bearer(text) });
const newToken = token({ key: otherRsa.privateKey, header: { kid: "new" } });
const called = [{ cluster, method: "GET", path: "/keys?v=1" }];
const virtual: Pick<Case, "only"> = {
  only: { runner: "simulator", because: "minutes pass in it" },
};

/** Each time it is asked for, one that starts anew: a case is played twice. */
function inTurn(name: string, answers: Service[], rest: Omit<Case, "name">): Case {
  return {
    name,
    ...rest,
    get clusters() {
      let asked = 0;
      return {
        [cluster]: (() => answers[Math.min(asked++, answers.length - 1)]) as Service,
      };
    },
  };
}

const one = keySet(jwk(rsa.publicKey, { kid: "rsa" }));
const rotated = keySet(jwk(otherRsa.publicKey, { kid: "new" }));
const ok = { request: request(), expect: { status: 200 } };
const no = { request: request(), expect: refused };

export const keyServices: Case[] = [
  {
    name: "refuses a request without a token",
    params: {
      keymanagers: [{ name: "main", issuer, jwks: { remote: { uri: "http://idp.example/keys" } } }],
      audiences: ["pets"],
      scopes: { anyOf: ["pets:read"] },
      claimMappings: { sub: "x-user" },
    },
    clusters: service(allKeys),
    request: { path: "/pets" },
    expect: refused,
  },
  {
    name: "fetches the keys before the first request is through, and then no more",
    params: remote(),
    clusters: service(allKeys),
    steps: [
      { request: request(), expect: { status: 200 } },
      { request: request(), expect: { status: 200, callouts: [] } },
    ],
  },
  {
    name: "takes no secret from a key service",
    params: remote(),
    clusters: service(
      keySet(jwk(rsa.publicKey), { kty: "oct", k: Buffer.from(secret).toString("base64url") }),
    ),
    request: request(token({ alg: "HS256", key: secret, header: {} })),
    expect: refused,
  },
  ...(
    [
      ["does not answer", "refuse"],
      ["answers with an error", { status: 500, body: allKeys }],
      ["answers with a redirection", { status: 302, headers: { location: "http://evil.example" } }],
      ["answers with something else", { body: "<html>" }],
      ["has no keys", { body: keySet() }],
    ] as [string, Service][]
  ).map(([what, answer]): Case => ({
    name: `refuses while the key service ${what}`,
    params: remote({ retrycount: 1, retryinterval: "100ms" }),
    clusters: { [cluster]: answer },
    request: request(),
    expect: refused,
  })),
  {
    name: "refuses at once where the gateway has no way to the key service",
    params: remote(),
    request: request(),
    expect: refused,
  },
  inTurn(
    "tries again until the key service answers, and lets the request wait for it",
    [{ status: 503 }, { status: 503 }, { body: one }],
    { params: remote({ retryinterval: "100ms" }), steps: [ok] },
  ),
  {
    name: "waits no longer for a key service than it may",
    params: remote({ jwksfetchtimeout: "100ms", retrycount: 0 }),
    clusters: { [cluster]: "hang" },
    request: request(),
    expect: refused,
  },
  inTurn(
    "gives up after some tries, and asks again after a pause",
    [{ status: 503 }, { status: 503 }, { body: one }],
    {
      params: remote({ retrycount: 1, retryinterval: "100ms", negativecachettl: "2s" }),
      steps: [no, { ...no, expect: { ...refused, callouts: [] } }, { advanceMs: 2_000 }, ok],
    },
  ),
  inTurn("takes a new key as soon as a token names it", [{ body: one }, { body: rotated }], {
    params: remote(),
    ...virtual,
    steps: [
      ok,
      { advanceMs: 11_000 },
      { request: request(newToken), expect: { status: 200 } },
      // The old key is gone, and the verdict with it.
      { request: request(), expect: refused },
    ],
  }),
  inTurn("looks for keys that are not known at most every 10 s", [{ body: one }], {
    params: remote(),
    ...virtual,
    steps: [
      ok,
      { advanceMs: 11_000 },
      { request: request(newToken), expect: { ...refused, callouts: called } },
      { request: request(newToken), expect: { ...refused, callouts: [] } },
      { advanceMs: 9_000 },
      { request: request(newToken), expect: { ...refused, callouts: [] } },
      { advanceMs: 2_000 },
      { request: request(newToken), expect: { ...refused, callouts: called } },
    ],
  }),
  inTurn("fetches again when the keys get old", [{ body: one }, { body: rotated }], {
    params: remote({ jwkscachettl: "1m" }),
    ...virtual,
    steps: [
      ok,
      ok,
      { advanceMs: 50_000 },
      { request: request(newToken), expect: { status: 200, callouts: [] } },
      { request: request(), expect: refused },
    ],
  }),
  inTurn("waits for new keys where nobody asked for long", [{ body: one }, { body: rotated }], {
    params: remote({ jwkscachettl: "1m" }),
    ...virtual,
    steps: [
      { request: { path: "/" }, expect: refused },
      { advanceMs: 3_600_000 },
      { request: request(newToken), expect: { status: 200 } },
    ],
  }),
  inTurn(
    "goes on with old keys for an hour while the service fails",
    [{ body: one }, { status: 503 }],
    {
      params: remote({ jwkscachettl: "1m", negativecachettl: "10s" }),
      ...virtual,
      steps: [
        ok,
        { advanceMs: 70_000 },
        { request: request(), expect: { status: 200 } },
        { advanceMs: 3_500_000 },
        { request: request(), expect: { status: 200 } },
        { advanceMs: 100_000 },
        no,
      ],
    },
  ),
  {
    name: "waits for keys with many requests and one call",
    params: remote(),
    clusters: { [cluster]: { body: allKeys, delayMs: 300 } },
    steps: [{ together: [1, 2, 3, 4].map(() => ok) }],
  },
  {
    name: "does not wait for a key service of another issuer",
    params: {
      keymanagers: [
        { name: "main", issuer, jwks: { local: { inline: allKeys } } },
        { name: "slow", issuer: "slow", jwks: { remote: { uri: "http://idp.example/keys" } } },
      ],
    },
    clusters: { [cluster]: "hang" },
    request: request(),
    expect: { status: 200 },
  },
  {
    name: "reaches a key service over TLS and at another port",
    params: remote({}, "HTTPS://IdP.example:8443"),
    clusters: { "out|https|idp.example|8443": { body: allKeys } },
    request: request(token({ payload: { ...claims, sub: "bob" } })),
    expect: { status: 200 },
  },
];
