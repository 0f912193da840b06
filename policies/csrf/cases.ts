import { createHmac } from "node:crypto";
import type { Case, RunnerName } from "sluice/cases";

const params = { key: "a secret of some length" };

/** A token as the policy makes them. */
function token(expires: number, key = params.key): string {
  const body = `${expires}.${"n".repeat(22)}`;
  return `${body}.${createHmac("sha256", key).update(`token|${body}`).digest("base64url")}`;
}
const post = (cookie: string, ...headers: string[]) => ({
  method: "POST",
  path: "/transfer",
  headers: [
    ...(cookie ? [["cookie", `a=b; csrf-token=${cookie}`] as [string, string]] : []),
    ...headers.map((value): [string, string] => ["csrf-token", value]),
  ],
});
const refused = {
  status: 403,
  body: { error: "Forbidden", message: "A valid CSRF token is required" },
  upstream: null,
};
export const cases: Case[] = [
  {
    name: "sets a cookie that a page can read",
    example: true,
    params,
    request: { path: "/" },
    expect: {
      status: 200,
      headers: {
        "set-cookie":
          /^csrf-token=\d{10}\.[\w-]{22}\.[\w-]{43}; Path=\/; Max-Age=7200; SameSite=Lax$/,
      },
    },
  },
  ...timed("simulator", Date.UTC(2026, 0, 1) / 1000),
  ...timed("envoy", Math.floor(Date.now() / 1000)),
  {
    name: "asks every method that can change something",
    params,
    request: { method: "DELETE", path: "/" },
    expect: refused,
  },
  {
    name: "does not ask those that cannot",
    params,
    request: { method: "HEAD", path: "/" },
    expect: { status: 200 },
  },
  {
    name: "takes its name, time, SameSite and words from the parameters",
    params: { ...params, name: "__Host-t", expires: 60, sameSite: "None", message: "No token" },
    steps: [
      {
        request: { path: "/" },
        expect: {
          status: 200,
          headers: { "set-cookie": /^__Host-t=\S+; Path=\/; Max-Age=60; SameSite=None; Secure$/ },
        },
      },
      {
        request: { method: "POST", path: "/" },
        expect: { status: 403, body: { error: "Forbidden", message: "No token" } },
      },
    ],
  },
  {
    name: "sets a cookie that no other site's link brings along",
    params: { ...params, sameSite: "Strict" },
    request: { path: "/" },
    expect: { status: 200, headers: { "set-cookie": /SameSite=Strict$/ } },
  },
  {
    name: "marks the cookie Secure where the request came by HTTPS",
    params,
    request: { path: "/", scheme: "https" },
    expect: { status: 200, headers: { "set-cookie": /; Secure$/ } },
  },
];

/** Cases with tokens, which hold a time. */
function timed(runner: RunnerName, now: number): Case[] {
  const good = token(now + 7_000);
  const other = token(now + 6_999);
  const old = token(now - 1);
  const forged = token(now + 7_000, "another key of some length");
  const endless = token(now + 999_999);
  const cases: Case[] = [
    {
      name: "sets no other while the client's is good",
      params,
      request: { path: "/", headers: { cookie: `csrf-token=${good}` } },
      expect: { status: 200, headers: { "set-cookie": null } },
    },
    {
      name: "sets another when half of the time is over",
      params,
      request: post(token(now + 3_000)),
      expect: refused,
    },
    {
      name: "lets the token of the cookie through, in the header",
      params,
      request: post(good, good),
      expect: { status: 200 },
    },
    ...(
      [
        ["no token at all", post("")],
        ["the cookie alone, as another site can send it", post(good)],
        ["the header alone", post("", good)],
        ["another good token in the header", post(good, other)],
        ["one token twice", post(good, good, good)],
        ["a token that is over", post(old, old)],
        ["a token of another key", post(forged, forged)],
        ["a token that would last longer than ours", post(endless, endless)],
        ["two equal texts that are no token", post("x", "x")],
        ["an empty token", post("", "")],
        ["a changed time", post(good.replace(/^\d/, "9"), good.replace(/^\d/, "9"))],
        ["a token with something behind it", post(`${good}x`, `${good}x`)],
      ] as const
    ).map(([what, request]): Case => ({
      name: `refuses ${what}`,
      params,
      request,
      expect: refused,
    })),
  ];
  const because = `these tokens hold the time of the ${runner}`;
  return cases.map((one) => ({
    ...one,
    name: `${one.name} (${runner})`,
    only: { runner, because },
  }));
}
