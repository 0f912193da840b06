import { misconfigured, type Case } from "sluice/cases";

const endpoint = "http://guard:8080/v1/";
const cluster = "out|http|guard|8080";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const answers = (advice: unknown, status = 200): Pick<Case, "clusters"> => ({
  clusters: {
    [cluster]: {
      status,
      headers: { "content-type": "application/json" },
      body: typeof advice === "string" ? advice : JSON.stringify(advice),
    },
  },
});
const params = { endpoint, request: {}, maxresponsesize: 1024 };
const post = { method: "POST", path: "/pets?a=1", headers: { "x-in": "1" }, body: "hello" };
const failed: Case["expect"] = {
  status: 500,
  body: { error: "Internal Server Error", message: "The interceptor service failed" },
};

const faults: [what: string, advice: unknown, status?: number][] = [
  ["answers another status", {}, 503],
  ["answers what is no JSON", "{"],
  ["answers what is no object", "[]"],
  ["answers too much", { body: "x".repeat(1_024) }],
  ["sends a body that is no base64", { body: "***" }],
  ["sets a header with a line break", { headersToAdd: { "x-a": "1\r\nx-b: 2" } }],
  ["sets a pseudo header", { headersToReplace: { ":path": "/admin" } }],
  ["sets a length", { headersToReplace: { "content-length": "1" } }],
  ["removes the host", { headersToRemove: ["host"] }],
  ["sets what the gateway chooses routes by", { headersToAdd: { "x-sluice-request": "GET/" } }],
  ["rewrites the path with a line break", { pathToRewrite: "/a\r\nb" }],
  ["rewrites the path to one with a blank in its query", { pathToRewrite: "/a?b HTTP/1.1" }],
  ["climbs out of its path", { pathToRewrite: "/../admin" }],
];

export const cases: Case[] = [
  {
    name: "shows a request, and changes what the service says",
    params,
    ...answers({
      headersToAdd: { "x-added": "2" },
      headersToReplace: { "x-in": "replaced" },
      headersToRemove: ["x-gone"],
      body: base64("changed"),
      pathToRewrite: "/animals",
    }),
    request: { ...post, headers: { "x-in": "1", "x-gone": "1" } },
    expect: {
      status: 200,
      callouts: [
        {
          cluster,
          method: "POST",
          path: "/v1/handle-request",
          headers: { "content-type": "application/json" },
          body: /^\{"requestHeaders":\{.*"x-in":"1".*\},"requestBody":"aGVsbG8=","invocationContext":\{.*"method":"POST","path":"\/pets\?a=1".*\},"interceptorContext":\{\}\}$/,
        },
      ],
      upstream: {
        path: "/animals?a=1",
        headers: { "x-added": "2", "x-in": "replaced", "x-gone": null },
        body: "changed",
      },
    },
  },
  {
    name: "shows neither headers nor body where it should not, and holds to an answer without words",
    params: { endpoint, request: { includeRequestHeaders: false, includeRequestBody: false } },
    ...answers(""),
    request: post,
    expect: {
      status: 200,
      callouts: [
        { cluster, body: /^\{"invocationContext":\{[^{}]*\},"interceptorContext":\{\}\}$/ },
      ],
      upstream: { body: "hello" },
    },
  },
  {
    name: "waits no longer than it may",
    params: { ...params, timeoutMillis: 100 },
    clusters: { [cluster]: "hang" },
    request: post,
    expect: failed,
  },
  {
    name: "lets the service answer in the upstream's place",
    example: true,
    params,
    ...answers({
      directRespond: true,
      responseCode: 403,
      headersToAdd: { "content-type": "text/plain" },
      body: base64("not you"),
    }),
    request: post,
    expect: {
      status: 403,
      headers: { "content-type": "text/plain" },
      body: "not you",
      upstream: null,
    },
  },
  {
    name: "lets the service choose one of the API's upstream definitions",
    routes: ["blue", null].map((definition) => ({
      ...(definition && { match: { headers: { "x-target-upstream": definition } } }),
      name: "shop/POST /*@0",
      chain: { policies: [{ name: "interceptor-service", version: "v1", params }] },
      upstream: { body: definition ?? "main" },
    })),
    ...answers({ dynamicEndpoint: { endpointName: "blue" } }),
    request: post,
    expect: { status: 200, body: "blue" },
  },
  {
    name: "shows a response with its request, and changes what the service says",
    params: {
      endpoint,
      request: {},
      response: { includeRequestHeaders: true, includeRequestBody: true },
    },
    ...answers({
      responseCode: 202,
      headersToReplace: { "x-down": "replaced" },
      body: base64("changed"),
      interceptorContext: { seen: "once" },
    }),
    upstream: { headers: { "x-down": "1" }, body: "made" },
    request: post,
    expect: {
      status: 202,
      headers: { "x-down": "replaced" },
      body: "changed",
      callouts: [
        { cluster, path: "/v1/handle-request" },
        {
          cluster,
          path: "/v1/handle-response",
          body: /^\{"responseCode":200,"requestHeaders":\{.*"x-in":"1".*\},"requestBody":"aGVsbG8=","responseHeaders":\{.*"x-down":"1".*\},"responseBody":"bWFkZQ==","invocationContext":\{.*"path":"\/pets\?a=1".*\},"interceptorContext":\{"seen":"once"\}\}$/,
        },
      ],
    },
  },
  {
    name: "shows responses alone, and nothing of their requests unless told to",
    params: { endpoint, response: { includeResponseBody: false, includeResponseHeaders: false } },
    ...answers({}),
    request: { path: "/" },
    expect: {
      status: 200,
      callouts: [
        {
          cluster,
          path: "/v1/handle-response",
          body: /^\{"responseCode":200,"invocationContext":\{[^{}]+\},"interceptorContext":\{\}\}$/,
        },
      ],
    },
  },
  ...faults.map(([what, advice, status]): Case => ({
    name: `ends a request whose service ${what}`,
    params,
    ...answers(advice, status),
    request: post,
    expect: { ...failed, upstream: null },
  })),
  {
    name: "ends a request whose service cannot be reached",
    params,
    clusters: { [cluster]: "refuse" },
    request: post,
    expect: { ...failed, upstream: null },
  },
  {
    name: "lets a request go on unchanged where that is allowed",
    params: { endpoint, request: { passthroughOnError: true } },
    ...answers({ headersToAdd: { "x-added": "1" }, body: "***" }),
    request: post,
    expect: { status: 200, upstream: { body: "hello", headers: { "x-added": null } } },
  },
  {
    name: "keeps back a response whose service fails",
    params: { endpoint, response: {} },
    ...answers("", 500),
    upstream: { body: "not for everyone" },
    request: { path: "/" },
    expect: failed,
  },
  {
    name: "lets a response go on unchanged where that is allowed",
    params: { endpoint, response: { passthroughOnError: true } },
    ...answers("", 500),
    upstream: { body: "made" },
    request: { path: "/" },
    expect: { status: 200, body: "made" },
  },
  ...misconfigured([
    [
      "certificates unchecked",
      { endpoint, request: {}, tlsSkipVerify: true },
      /tlsSkipVerify: certificates are always verified/,
    ],
    ["an endpoint without a scheme", { endpoint: "icept", request: {} }, /endpoint: expected/],
    [
      "an endpoint with a query",
      { endpoint: `${endpoint}?a=1`, request: {} },
      /endpoint: expected no query/,
    ],
    ["nothing to tell the service", { endpoint }, /at least one of: request, response/],
  ]),
];
