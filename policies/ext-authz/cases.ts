import type { Case, CaseRequest } from "sluice/cases";

type Request = CaseRequest["request"];
const cluster = "out|http|opa|8181";
const params = { url: "http://opa:8181/v1/data/gateway/allow", timeoutMs: 5_000 };
const get = (headers: Record<string, string> = {}): Request => ({ path: "/pets", headers });
const answers = (body: unknown, status = 200) => ({
  [cluster]: {
    status,
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  },
});
const refused = (message = "Access denied", status = 403, error = "Forbidden") => ({
  status,
  body: { error, message },
  upstream: null,
});
const unavailable = refused("The authorization service is unavailable", 503, "Service Unavailable");

export const cases: Case[] = [
  {
    name: "asks as OPA wants to be asked, and lets through what it allows",
    params: { ...params, token: "s3cret" },
    clusters: answers({ result: true }),
    request: {
      method: "DELETE",
      path: "/pets/1?tag=a&tag=b&x=%20",
      headers: { host: "api.example", "x-role": "admin" },
    },
    expect: {
      status: 200,
      callouts: [
        {
          cluster,
          method: "POST",
          path: "/v1/data/gateway/allow",
          headers: { authorization: "Bearer s3cret", "content-type": "application/json" },
          body: /^\{"input":\{"request":\{"method":"DELETE","scheme":"http","host":"api\.example","path":"\/pets\/1","query":\{"tag":\["a","b"\],"x":\[" "\]\},"headers":\{.*"x-role":"admin".*\}\},"source":\{"address":"127\.0\.0\.1:\d+"\}\}\}$/,
        },
      ],
    },
  },
  ...(
    [
      ["false", { result: false }],
      ["no result, as for a rule that is not defined", {}],
      ["an object that does not allow", { result: { allow: false } }],
    ] as const
  ).map(([what, body]): Case => ({
    name: `refuses on ${what}`,
    params,
    clusters: answers(body),
    request: get(),
    expect: refused(),
  })),
  ...(
    [
      ["a text that reads true", answers({ result: "true" })],
      ["the number one", answers({ result: 1 })],
      ["an object without a word", answers({ result: { reason: "fine" } })],
      ["an object that says it in a text", answers({ result: { allow: "true" } })],
      ["yes and no at once", answers('{"result":false,"result":true}')],
      ["what is no JSON", answers("true")],
      ["yes with another status", answers({ result: true }, 500)],
      ["more than it may say", answers({ result: true, more: "x".repeat(70_000) })],
    ] as const
  ).map(([what, clusters]): Case => ({
    name: `does not take ${what} for a yes`,
    params,
    clusters,
    request: get(),
    expect: unavailable,
  })),
  {
    name: "refuses when nobody answers",
    params,
    request: get(),
    expect: { ...unavailable, logs: [/the authorization service did not answer/] },
  },
  {
    name: "waits no longer than it was told to",
    params: { ...params, timeoutMs: 100 },
    clusters: { [cluster]: { delayMs: 1_000, body: '{"result":true}' } },
    request: get(),
    expect: unavailable,
  },
  {
    name: "lets through when nobody answers, where that is wanted, without headers of the client's own",
    params: { ...params, failureMode: "open", sendHeadersUpstream: ["X-User"] },
    request: get({ "x-user": "root" }),
    expect: { status: 200, upstream: { headers: { "x-user": null } } },
  },
  {
    name: "does not let a no through because of failureMode",
    params: { ...params, failureMode: "open" },
    clusters: answers({ result: false }),
    request: get(),
    expect: refused(),
  },
  {
    name: "gives the client the status, the reason and the headers that the service says",
    example: true,
    params,
    clusters: answers({
      result: {
        allow: false,
        status_code: 401,
        reason: "Log in first",
        headers: {
          "WWW-Authenticate": "Bearer",
          "content-length": "1",
          ":status": "200",
          "x-a": "b\r\nc: d",
        },
      },
    }),
    request: get(),
    expect: {
      status: 401,
      headers: { "www-authenticate": "Bearer", c: null, "x-a": null },
      body: { error: "Unauthorized", message: "Log in first" },
    },
  },
  {
    name: "gives the client the body that the service says, and no status that would be a yes",
    params,
    clusters: answers({ result: { allow: false, status_code: 200, body: "no" } }),
    request: get(),
    expect: { status: 403, body: "no" },
  },
  {
    name: "gives the upstream the headers that are wanted, in place of the client's",
    example: true,
    params: { ...params, sendHeadersUpstream: ["x-user", "x-team"] },
    clusters: answers({ result: { allow: true, headers: { "X-User": "ada", "x-other": "no" } } }),
    request: get({ "x-user": "root", "x-team": "all", "x-other": "own" }),
    expect: {
      status: 200,
      upstream: { headers: { "x-user": "ada", "x-team": null, "x-other": "own" } },
    },
  },
  {
    name: "shows the service the headers that it is to see, and no others",
    params: { ...params, headers: ["X-Role"] },
    clusters: answers({ result: true }),
    request: get({ "x-role": "admin", cookie: "secret" }),
    expect: {
      status: 200,
      callouts: [{ cluster, body: /"headers":\{"x-role":"admin"\}/ }],
    },
  },
  {
    name: "shows the service a body, as JSON or as text, and lets it go on unchanged",
    params: { ...params, withBody: true, maxBodyBytes: 20 },
    clusters: answers({ result: true }),
    steps: [
      {
        request: { method: "POST", path: "/", body: '{"a":[1]}' },
        expect: {
          status: 200,
          upstream: { body: '{"a":[1]}' },
          callouts: [{ cluster, body: /"body":\{"a":\[1\]\}/ }],
        },
      },
      {
        request: { method: "POST", path: "/", body: '{"a":1,"a":2}' },
        expect: { status: 200, callouts: [{ cluster, body: /"body":"\{\\"a\\":1,\\"a\\":2\}"/ }] },
      },
      {
        request: { method: "POST", path: "/", body: "x".repeat(21) },
        expect: { status: 413, callouts: [], upstream: null },
      },
    ],
  },
  {
    name: "tells who calls, as far as that is known",
    chain: [
      { name: "basic-auth", version: "v1", params: { username: "ada", password: "word" } },
      { name: "ext-authz", version: "v1", params },
    ],
    clusters: answers({ result: true }),
    request: get({ authorization: `Basic ${btoa("ada:word")}` }),
    expect: {
      status: 200,
      callouts: [{ cluster, body: /"identity":\{"type":"basic","subject":"ada",.*"scopes":\[\]/ }],
    },
  },
];
