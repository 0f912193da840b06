/** One token, signed once: by a key that nobody has any more, good until 2100. */
import type { Case } from "sluice/cases";

const key = {
  ...{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: "k1" },
  x: "GNir8jQdwd6EtI9l3MBp9PvL7k6f8eRaJTg2PjDsDxA",
  y: "mE_6XCl76pdaj1en4z_eIrQ574IwHFGjZbcH4e2J0hw",
};
const token = [
  "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0",
  "eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoiYWRhIiwiYXVkIjoicGV0cyIsInNjb3BlIjoicGV0czpyZWFkIiwiZXhwIjo0MTAyNDQ0ODAwfQ",
  "-Lxznfh04XvPvrZU4p0TgFNLkTlj-rI21-krB3z0_J2NzFqkN0oW_e4pi9TmV2mN7nQ-PgITAssoWhNxrg95sA",
].join(".");
const keySet = { status: 200, body: JSON.stringify({ keys: [key] }) };

export const example: Case[] = [
  {
    name: "lets a token of the issuer through, and tells the upstream whose it is",
    example: true,
    params: {
      keymanagers: [
        {
          name: "idp",
          issuer: "https://idp.example",
          jwks: { remote: { uri: "https://idp.example/keys" } },
        },
      ],
      audiences: ["pets"],
      scopes: { anyOf: ["pets:read"] },
      claimMappings: { sub: "x-user" },
    },
    clusters: { "out|https|idp.example|443": keySet },
    steps: [
      {
        request: { path: "/", headers: { authorization: `Bearer ${token}`, "x-user": "root" } },
        expect: { status: 200, upstream: { headers: { "x-user": "ada", authorization: null } } },
      },
      {
        request: { path: "/" },
        expect: {
          status: 401,
          body: { error: "Unauthorized", message: "Authentication failed" },
          upstream: null,
        },
      },
    ],
  },
];
