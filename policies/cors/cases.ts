import { misconfigured, type Case, type CaseRequest } from "sluice/cases";

type Request = CaseRequest["request"];

const page = "https://app.example.com";
const params = { allowedOrigins: [page], allowedHeaders: ["Content-Type", "X-Trace"] };
const none = {
  "access-control-allow-origin": null,
  "access-control-allow-methods": null,
  "access-control-allow-headers": null,
  "access-control-allow-credentials": null,
  "access-control-expose-headers": null,
  "access-control-max-age": null,
};
const get = (...origins: string[]) => ({
  path: "/",
  headers: origins.map((origin): [string, string] => ["origin", origin]),
});
const preflight = (origin: string, method?: string, names?: string): Request => ({
  method: "OPTIONS",
  path: "/",
  headers: {
    origin,
    ...(method && { "access-control-request-method": method }),
    ...(names && { "access-control-request-headers": names }),
  },
});
const refused = { status: 204, headers: none, body: "", upstream: null };
const lax = { "access-control-allow-origin": "*", "access-control-allow-credentials": "true" };

export const cases: Case[] = [
  {
    name: "answers a preflight itself",
    example: true,
    params,
    request: preflight(page, "PUT", "content-type, x-trace"),
    expect: {
      status: 204,
      headers: {
        "access-control-allow-origin": page,
        "access-control-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
        "access-control-allow-headers": "Content-Type, X-Trace",
        "access-control-max-age": "3600",
        "access-control-allow-credentials": null,
        vary: "Origin",
      },
      body: "",
      upstream: null,
    },
  },
  ...(
    [
      ["another origin", preflight("https://evil.example", "GET")],
      ["an origin that only begins like the one allowed", preflight(`${page}.evil.example`, "GET")],
      ["an origin where a dot is another letter", preflight("https://appxexample.com", "GET")],
      ["another scheme", preflight("http://app.example.com", "GET")],
      ["another port", preflight(`${page}:8443`, "GET")],
      ["the origin null", preflight("null", "GET")],
      ["a method that is not allowed", preflight(page, "PATCH")],
      ["a method in another case", preflight(page, "put")],
      ["a header that is not allowed", preflight(page, "PUT", "content-type, x-other")],
      ["OPTIONS without an origin", { method: "OPTIONS", path: "/" }],
    ] as const
  ).map(([what, request]): Case => ({
    name: `answers a preflight without any grant: ${what}`,
    params,
    request,
    expect: refused,
  })),
  {
    name: "grants a preflight that asks for no method and no header",
    params,
    request: preflight(page),
    expect: { status: 204, headers: { "access-control-allow-origin": page } },
  },
  {
    name: "says what a page may read",
    example: true,
    params: { ...params, exposedHeaders: ["X-Total", "ETag"], allowCredentials: true },
    request: get(page),
    expect: {
      status: 200,
      headers: {
        "access-control-allow-origin": page,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "X-Total, ETag",
        "access-control-allow-methods": null,
        vary: "Origin",
      },
    },
  },
  {
    name: "drops what the upstream grants to an origin that is not allowed",
    params,
    upstream: { headers: { ...lax, vary: "Accept-Encoding" } },
    request: get("https://evil.example"),
    expect: { status: 200, headers: { ...none, vary: "Accept-Encoding,Origin" } },
  },
  {
    name: "puts its own in place of what the upstream grants",
    params,
    upstream: { headers: lax },
    request: get(page),
    expect: {
      status: 200,
      headers: { "access-control-allow-origin": page, "access-control-allow-credentials": null },
    },
  },
  {
    name: "does not repeat Origin in Vary",
    params,
    upstream: { headers: { vary: "accept, origin" } },
    request: get(page),
    expect: { status: 200, headers: { vary: "accept, origin" } },
  },
  {
    name: "lets a request without an origin through",
    params,
    request: get(),
    expect: { status: 200, headers: { ...none, vary: "Origin" } },
  },
  {
    name: "takes two origins for none",
    params,
    request: get(page, "https://evil.example"),
    expect: { status: 200, headers: none },
  },
  {
    name: "allows every origin, without looking at which",
    params: { allowedOrigins: ["*"] },
    request: get("https://any.example"),
    expect: { status: 200, headers: { "access-control-allow-origin": "*", vary: null } },
  },
  {
    name: "allows any method and header by what is asked for",
    params: { allowedOrigins: ["*"], allowedMethods: ["*"], allowedHeaders: ["*"], maxAge: 0 },
    request: preflight("https://any.example", "PURGE", "x-a,x-b"),
    expect: {
      status: 204,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "PURGE",
        "access-control-allow-headers": "x-a,x-b",
        "access-control-max-age": "0",
      },
    },
  },
  {
    name: "finds a pattern anywhere in the origin",
    params: { allowedOrigins: ["^https://[a-z]+\\.example\\.com$", "localhost"] },
    request: get("http://localhost:3000"),
    expect: { status: 200, headers: { "access-control-allow-origin": "http://localhost:3000" } },
  },
  {
    name: "holds a pattern to the whole origin if told to",
    params: { allowedOrigins: ["https://.*\\.example\\.com"], wholeOrigin: true },
    request: get("https://a.example.com.evil.example"),
    expect: { status: 200, headers: none },
  },
  {
    name: "sends a preflight on if told to, and still answers for it",
    params: { ...params, forwardPreflight: true },
    upstream: { status: 200, headers: { ...lax, "access-control-max-age": "9" } },
    request: preflight(page, "PUT"),
    expect: {
      status: 200,
      headers: {
        "access-control-allow-origin": page,
        "access-control-max-age": "3600",
        "access-control-allow-credentials": null,
      },
      upstream: { method: "OPTIONS" },
    },
  },
  ...misconfigured([
    ["* among others", { allowedOrigins: [page, "*"] }, /allowedOrigins\[1\]: \* must stand alone/],
    ["a pattern that is none", { allowedOrigins: ["("] }, /allowedOrigins\[0\]: /],
    [
      "credentials for any origin",
      { allowedOrigins: ["*"], allowCredentials: true },
      /allowCredentials: not together with the origin \*/,
    ],
  ]),
];
