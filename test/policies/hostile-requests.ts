/** Requests as no honest client sends them: for any policy. */
import fc from "fast-check";
import type { Request } from "../../host-sim/index.ts";

const names = [
  ...[
    "authorization",
    "cookie",
    "origin",
    "content-type",
    "x-a",
    "x-forwarded-for",
    "api-key",
    "user-agent",
  ],
  ...[
    "access-control-request-method",
    "x-csrf-token",
    "digest",
    "date",
    "accept",
    "x-correlation-id",
  ],
];
const values = [
  ...[
    "",
    "Bearer",
    "Bearer x.y.z",
    "Bearer e30.e30.",
    "Basic Og==",
    "Basic YTpi",
    'Signature keyId="a"',
  ],
  ...[
    "application/json",
    "application/xml",
    "text/plain; charset=utf-8",
    "https://a.example",
    "null",
    "*",
  ],
  ...[
    "127.0.0.1, 10.0.0.1",
    "::1",
    "a=b; c=d",
    "=;=;",
    "%ff%fe",
    "9".repeat(400),
    "SHA-256=x",
    "é",
  ],
];
const bodies = [
  ...[
    "",
    "{}",
    "[]",
    "null",
    "{",
    '{"a":1,"a":2}',
    '{"a":{"b":[1,2,3]}}',
    "[".repeat(400),
    '"\\ud800"',
    "1e999",
  ],
  ...["<a/>", "a=b&c=d", "\0\0", "\ufeff{}", `{"a":"${"x".repeat(20_000)}"}`],
];
const paths = [
  "/",
  "/a",
  "/a/b?c=d&c=e",
  "/?%",
  "/a%2fb",
  "/..;/x",
  "/x?".padEnd(3_000, "a=1&"),
  "/é",
  "/?api-key=x",
];

export const hostileRequest: fc.Arbitrary<Request> = fc.record(
  {
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW"),
    path: fc.constantFrom(...paths),
    headers: fc
      .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)), { maxLength: 6 })
      .map((pairs): [string, string][] => pairs),
    body: fc.oneof(
      fc.constantFrom(...bodies),
      fc.array(fc.constantFrom(...bodies), { maxLength: 3 }),
    ),
    scheme: fc.constantFrom("http", "https"),
  },
  { requiredKeys: ["method", "path", "headers"] },
);
