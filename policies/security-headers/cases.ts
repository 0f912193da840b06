import type { Case } from "sluice/cases";

const request = { path: "/" };
const page = { "content-security-policy": "default-src 'self'", "x-powered-by": "PHP/5.3" };

export const cases: Case[] = [
  {
    name: "adds the headers of an API by default, and no HSTS without TLS",
    example: true,
    params: {},
    request,
    expect: {
      status: 200,
      headers: {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": null,
        "cross-origin-opener-policy": null,
        "strict-transport-security": null,
      },
    },
  },
  {
    name: "adds HSTS where the request came by HTTPS",
    params: {},
    request: { path: "/", scheme: "https" },
    expect: {
      status: 200,
      headers: { "strict-transport-security": "max-age=31536000; includeSubDomains" },
    },
  },
  {
    name: "does not believe a client that says it came by HTTPS",
    params: {},
    request: { path: "/", headers: { "x-forwarded-proto": "https" } },
    expect: { status: 200, headers: { "strict-transport-security": null } },
  },
  {
    name: "leaves what the upstream set, and drops what tells too much",
    params: {},
    upstream: { headers: page },
    request,
    expect: {
      status: 200,
      headers: { "content-security-policy": "default-src 'self'", "x-powered-by": null },
    },
  },
  {
    name: "replaces what the upstream set if told to",
    params: { overwrite: true },
    upstream: { headers: page },
    request,
    expect: {
      status: 200,
      headers: { "content-security-policy": "default-src 'none'; frame-ancestors 'none'" },
    },
  },
  {
    name: "sends what it was given, and nothing for an empty text",
    params: {
      contentTypeOptions: "",
      frameOptions: "SAMEORIGIN",
      contentSecurityPolicy: "",
      referrerPolicy: "same-origin",
      permissionsPolicy: "camera=()",
      crossOriginOpenerPolicy: "same-origin",
      crossOriginResourcePolicy: "same-site",
      remove: ["x-generator"],
    },
    upstream: { headers: { "x-generator": "cms", "x-powered-by": "kept" } },
    request,
    expect: {
      status: 200,
      headers: {
        "x-content-type-options": null,
        "x-frame-options": "SAMEORIGIN",
        "content-security-policy": null,
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-site",
        "x-generator": null,
        "x-powered-by": "kept",
      },
    },
  },
  {
    name: "covers an error of the upstream too",
    params: {},
    upstream: { status: 500, body: "broken" },
    request,
    expect: { status: 500, headers: { "x-content-type-options": "nosniff" } },
  },
  {
    name: "sends the HSTS that it was given",
    params: { strictTransportSecurity: "max-age=60" },
    request: { path: "/", scheme: "https" },
    expect: { status: 200, headers: { "strict-transport-security": "max-age=60" } },
  },
];
