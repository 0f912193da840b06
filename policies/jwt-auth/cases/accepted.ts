/** Tokens that count, and what becomes of them. */
import type { Case } from "sluice/cases";
import {
  bearer,
  claims,
  ec,
  ec384,
  ec521,
  issuer,
  local,
  otherRsa,
  pem,
  rsa,
  secret,
  token,
} from "./tokens";

const algorithms: [string, string][] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map((alg): [string, string] => [
    alg,
    "rsa",
  ]),
  ["ES256", "ec"],
  ["ES384", "ec384"],
  ["ES512", "ec521"],
];
const keys = { rsa, ec, ec384, ec521 };
const request = (text: string) => ({ path: "/", headers: bearer(text) });

/** An algorithm counts unless the gateway allows others alone. */
const taking = (alg: string, params: object, text: string): Case => {
  const only = (allowed: string) => ({ params: { ...params, allowedalgorithms: [allowed] } });
  const ask = (status: number) => ({ request: request(text), expect: { status } });
  const other = alg === "ES256" ? "RS256" : "ES256";
  return {
    name: `takes ${alg}`,
    params,
    steps: [ask(200), only(alg), ask(200), only(other), ask(401)],
  };
};

export const accepted: Case[] = [
  ...algorithms.map(([alg, kid]): Case => {
    const key = keys[kid as keyof typeof keys].privateKey;
    return taking(alg, local(), token({ alg, header: { kid }, key }));
  }),
  ...["HS256", "HS384", "HS512"].map((alg): Case =>
    taking(
      alg,
      local({}, { jwks: { local: { secret } } }),
      token({ alg, key: secret, header: {} }),
    ),
  ),
  {
    name: "takes a secret from a key set of the configuration",
    params: local(
      {},
      {
        jwks: {
          local: {
            inline: JSON.stringify({ kty: "oct", k: Buffer.from(secret).toString("base64url") }),
          },
        },
      },
    ),
    request: request(token({ alg: "HS256", key: secret, header: {} })),
    expect: { status: 200 },
  },
  {
    name: "takes a key in PEM",
    params: local({}, { jwks: { local: { inline: pem(rsa.publicKey) } } }),
    request: request(token()),
    expect: { status: 200 },
  },
  {
    name: "moves the token to x-forwarded-authorization, in place of what the client sent there",
    params: local(),
    request: {
      path: "/",
      headers: { ...bearer(token()), "x-forwarded-authorization": "Bearer forged" },
    },
    expect: {
      status: 200,
      upstream: {
        headers: { authorization: null, "x-forwarded-authorization": [`Bearer ${token()}`] },
      },
    },
  },
  ...[
    ["sub", "ada", 200],
    ["profile.id", "a-7", 200],
    ["absent", "ada", 403],
  ].map(([userIdClaim, subject, status]): Case => ({
    name: `says that the caller is what the claim ${userIdClaim} says`,
    chain: [
      { name: "jwt-auth", version: "v1", params: local({ userIdClaim }) },
      { name: "acl", version: "v1", params: { allow: { subjects: [subject] } } },
    ],
    request: request(token({ payload: { ...claims, profile: { id: "a-7" } } })),
    expect: { status: Number(status) },
  })),
  {
    name: "says which consumer the caller is, where it is asked for",
    chain: [
      { name: "jwt-auth", version: "v1", params: local({ consumers: true }) },
      { name: "acl", version: "v1", params: { allow: { groups: ["partners"] } } },
    ],
    feed: [
      { table: "credential", id: ["jwt", issuer, "ada"], fields: ["acme"] },
      { table: "consumer", id: ["acme"], fields: ["Acme", "", "partners", "{}"] },
    ],
    steps: [
      { request: request(token()), expect: { status: 200 } },
      { request: request(token({ payload: { ...claims, sub: "bob" } })), expect: { status: 403 } },
    ],
  },
  {
    name: "forwards the token alone",
    params: local({ forwardTokenStripScheme: true, forwardedTokenHeader: "x-token" }),
    request: request(token()),
    expect: { status: 200, upstream: { headers: { authorization: null, "x-token": token() } } },
  },
  {
    name: "keeps the token to itself, and the client's header of that name from the upstream",
    params: local({ forwardToken: false }),
    request: {
      path: "/",
      headers: { ...bearer(token()), "x-forwarded-authorization": "Bearer forged" },
    },
    expect: {
      status: 200,
      upstream: { headers: { authorization: null, "x-forwarded-authorization": null } },
    },
  },
  {
    name: "leaves the token where it is if that is where it goes",
    params: local({ forwardedTokenHeader: "Authorization" }),
    request: request(token()),
    expect: { status: 200, upstream: { headers: { authorization: `Bearer ${token()}` } } },
  },
  {
    name: "reads another header, without a scheme",
    params: local({ headerName: "X-Token", authHeaderPrefix: "" }),
    request: { path: "/", headers: { "x-token": token() } },
    expect: { status: 200, upstream: { headers: { "x-token": null } } },
  },
  {
    name: "reads the header and the scheme that the gateway is configured with",
    params: local({ headername: "X-Token", authheaderscheme: "JWT" }),
    request: { path: "/", headers: { "x-token": `jwt ${token()}` } },
    expect: { status: 200 },
  },
  {
    name: "maps claims to headers, in place of the client's own",
    params: local({
      claimMappings: {
        sub: "x-user",
        "realm_access.roles": "x-roles",
        "https://idp.example/team": "x-team",
        level: "x-level",
        groups: "x-groups",
        odd: "x-odd",
        absent: "x-absent",
      },
    }),
    request: {
      path: "/",
      headers: {
        ...bearer(
          token({
            payload: {
              ...claims,
              realm_access: { roles: ["admin", "dev"] },
              "https://idp.example/team": "käse",
              level: 7,
              groups: ["a,admin", "b"],
              odd: "a\r\nx-user: root\u0000.",
            },
          }),
        ),
        "x-user": "root",
        "x-absent": "root",
        "x-roles": "root",
      },
    },
    expect: {
      status: 200,
      upstream: {
        headers: {
          "x-user": ["ada"],
          "x-roles": ["admin,dev"],
          "x-team": Buffer.from("käse").toString("latin1"),
          "x-level": "7",
          "x-groups": '["a,admin","b"]',
          "x-odd": "a  x-user: root .",
          "x-absent": null,
        },
      },
    },
  },
  {
    name: "takes the tokens of each of several key managers with its own keys",
    params: {
      keymanagers: [
        { name: "one", issuer, jwks: { local: { inline: pem(rsa.publicKey) } } },
        { name: "two", issuer: "two", jwks: { local: { inline: pem(otherRsa.publicKey) } } },
      ],
    },
    steps: [
      { request: request(token()), expect: { status: 200 } },
      {
        request: request(token({ key: otherRsa.privateKey, payload: { ...claims, iss: "two" } })),
        expect: { status: 200 },
      },
      {
        request: request(token({ payload: { ...claims, iss: "two" } })),
        expect: { status: 401 },
      },
      {
        request: request(token({ key: otherRsa.privateKey })),
        expect: { status: 401 },
      },
    ],
  },
  {
    name: "takes only those that the route names, by name or issuer",
    params: {
      issuers: ["two", "third"],
      keymanagers: [
        { name: "one", issuer, jwks: { local: { inline: pem(rsa.publicKey) } } },
        { name: "third", issuer: "3", jwks: { local: { inline: pem(rsa.publicKey) } } },
        { name: "second", issuer: "two", jwks: { local: { inline: pem(rsa.publicKey) } } },
      ],
    },
    steps: [
      { request: request(token()), expect: { status: 401 } },
      { request: request(token({ payload: { ...claims, iss: "3" } })), expect: { status: 200 } },
      { request: request(token({ payload: { ...claims, iss: "two" } })), expect: { status: 200 } },
    ],
  },
  {
    name: "tries the key managers without an issuer for any",
    params: {
      keymanagers: [
        { name: "one", jwks: { local: { inline: pem(otherRsa.publicKey) } } },
        { name: "two", jwks: { local: { inline: pem(rsa.publicKey) } } },
      ],
    },
    request: request(token({ payload: { ...claims, iss: undefined } })),
    expect: { status: 200 },
  },
  {
    name: "takes any issuer where the gateway does not look at it",
    params: local({ validateissuer: false }),
    request: request(token({ payload: { ...claims, iss: "else" } })),
    expect: { status: 200 },
  },
  {
    name: "takes a token that never expires only where that is allowed",
    params: local({ requireExpiry: false }),
    request: request(token({ payload: { iss: issuer } })),
    expect: { status: 200 },
  },
  {
    name: "verifies the same token once and takes it again",
    params: local(),
    steps: [1, 2, 3].map(() => ({ request: request(token()), expect: { status: 200 } })),
  },
];
