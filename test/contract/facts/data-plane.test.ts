/** The contract's facts about requests, each by its number, in a real Envoy. */
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { openPort, type OpenPort } from "../../../controller/lab/http.ts";
import { eventually } from "../../eventually.ts";
import { allKeys, bearer, claims, issuer, token } from "../../../policies/jwt-auth/cases/tokens.ts";
import type { ReceivedAnswer, SentRequest } from "../../runners/client.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";

const shelf = [
  ...["basic-ratelimit", "cors", "dynamic-endpoint", "host-rewrite", "jwt-auth", "remove-headers"],
  ...["request-validation", "set-headers", "subscription-validation"],
];
let t: TestGateway;
let idp: OpenPort;
let second: UpstreamServer;

beforeAll(async () => {
  idp = await openPort(createServer((_, response) => void response.end(allKeys)));
  second = await startUpstream(() => ({ headers: { "x-from": "second" } }));
  const uri = `http://127.0.0.1:${idp.port}/keys`;
  t = await startTestGateway({
    module: (await build(shelf.map((name) => join("policies", name)))).wasm,
    traffic: { bodyLimitBytes: 100_000, refTargets: "first" },
    policyConfigurations: {
      jwtauth_v1: { keymanagers: [{ name: "main", issuer, jwks: { remote: { uri } } }] },
    },
  });
});
afterAll(async () => {
  await t.close();
  await idp.close();
  await second.close();
});

const policy = (name: string, params: object = {}, more: object = {}) => ({
  ...{ name, version: "v1", params },
  ...more,
});
const request = (headers: object[], phase = "header") =>
  policy("set-headers", { request: { phase, headers } });
const response = (...headers: object[]) => policy("set-headers", { response: { headers } });
const get = (path: string, policies: object[] = [], more: object = {}) => ({
  ...{ method: "GET", path, policies },
  ...more,
});

/** Serves an API under its name, and waits until it is served. */
async function serve(name: string, spec: object): Promise<void> {
  const path = "/rest-apis?wait=10s";
  const { status, body } = await t.manage("POST", path, restApi(name, t.upstream.port, spec));
  expect([status, body]).toEqual([201, expect.anything()]);
}

type Answer = ReceivedAnswer & { text: string };

const all = ({ headers }: Pick<Answer, "headers">, name: string) =>
  headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
const one = (answer: Pick<Answer, "headers">, name: string) => all(answer, name).join();
const status = async (sent: SentRequest | string) => (await t.request(sent)).status;
/** What the upstream saw last. */
const seen = () => t.upstream.seen.at(-1)!;

test("fact 3: operation policies are appended after API policies, and nothing is overridden", async () => {
  const asked = (value: string) => request([{ name: "x-mark", value, mode: "append" }]);
  await serve("appended", {
    policies: [asked("api")],
    operations: [get("/*", [asked("operation"), asked("operation")])],
  });
  await t.request("/appended/a");
  expect(one(seen(), "x-mark").replace(/\s/g, "")).toBe("api,operation,operation");
});

test("fact 4: headers of the whole chain come before any body, and responses run in reverse", async () => {
  const append = (value: string) => [{ name: "x-order", value, mode: "append" }];
  await serve("ordered", {
    policies: [
      request(append("body phase"), "body"),
      request(append("header phase")),
      response(...append("first")),
      response(...append("second")),
    ],
    operations: [{ method: "POST", path: "/*" }],
  });
  const answer = await t.request({ method: "POST", path: "/ordered/a", body: "x" });
  expect(one(seen(), "x-order").replace(/, ?/g, ",")).toBe("header phase,body phase");
  expect(one(answer, "x-order").replace(/, ?/g, ",")).toBe("second,first");
});

test("fact 5: what a policy answers itself is seen by no response policy, so a 401 has no CORS headers", async () => {
  await serve("short", {
    policies: [
      policy("cors", { allowedOrigins: ["*"] }),
      response({ name: "x-seen", value: "yes" }),
      policy("jwt-auth"),
    ],
  });
  const origin = { origin: "https://shop.example" };
  const refused = await t.request({ path: "/short/a", headers: origin });
  expect([refused.status, one(refused, "x-seen")]).toEqual([401, ""]);
  expect(one(refused, "access-control-allow-origin")).toBe("");
  const taken = await t.request({ path: "/short/a", headers: { ...origin, ...bearer(token()) } });
  expect([taken.status, one(taken, "x-seen")]).toEqual([200, "yes"]);
});

test("fact 6: basic-ratelimit counts `requests` for the whole API and for a route, and both count", async () => {
  const limited = (requests: number) =>
    policy("basic-ratelimit", { limits: [{ requests, duration: "1h" }] });
  await serve("counted", {
    policies: [limited(3)],
    operations: [get("/one", [limited(1)]), get("/two")],
  });
  expect(await status("/counted/one")).toBe(200);
  expect(await status("/counted/one")).toBe(429);
  expect(await status("/counted/two")).toBe(200);
  expect(await status("/counted/two")).toBe(429);
  const wrong = restApi("limit", 9, {
    policies: [policy("basic-ratelimit", { limits: [{ limit: 1, duration: "1h" }] })],
  });
  expect((await t.manage("POST", "/rest-apis", wrong)).status).toBe(400);
});

test("fact 7: the 429 has spaces behind its colons, and the headers of limits are on every answer", async () => {
  await serve("spaced", {
    policies: [policy("basic-ratelimit", { limits: [{ requests: 1, duration: "1h" }] })],
  });
  const first = await t.request("/spaced/a");
  const refused = await t.request("/spaced/a");
  for (const answer of [first, refused]) {
    expect(one(answer, "x-ratelimit-limit")).toBe("1");
    expect(one(answer, "x-ratelimit-remaining")).toBe("0");
    expect(one(answer, "x-ratelimit-reset")).toMatch(/^\d{10}$/);
    expect(one(answer, "ratelimit-policy")).toMatch(/q=1;w=3600$/);
    expect(one(answer, "ratelimit")).toMatch(/r=0;t=\d+$/);
  }
  expect(refused.text).toBe(
    '{"error": "Too Many Requests", "message": "Rate limit exceeded. Please try again later."}',
  );
  expect(Number(one(refused, "retry-after"))).toBeGreaterThan(0);
});

test("fact 8: jwt-auth answers 401 for scopes and claims too; `requiredScopes` is any of them", async () => {
  const asks = (name: string, params: object) =>
    serve(name, { policies: [policy("jwt-auth", params)] });
  await asks("scoped", { scopes: { allOf: ["read", "write"] } });
  await asks("claimed", { claims: { allOf: [{ claim: "team", values: ["a"] }] } });
  await asks("legacy", { requiredScopes: ["write", "read"] });
  const reads = bearer(token({ payload: { ...claims, scope: "read" } }));
  const refused = await t.request({ path: "/scoped/a", headers: reads });
  expect([refused.status, refused.text]).toEqual([
    401,
    '{"error":"Unauthorized","message":"Authentication failed"}',
  ]);
  expect(await status({ path: "/claimed/a", headers: reads })).toBe(401);
  expect(await status({ path: "/legacy/a", headers: reads })).toBe(200);
});

test("fact 9: jwt-auth moves the credential to x-forwarded-authorization and drops Authorization", async () => {
  await serve("moved", { policies: [policy("jwt-auth")] });
  const sent = bearer(token());
  expect(await status({ path: "/moved/a", headers: sent })).toBe(200);
  expect(one(seen(), "authorization")).toBe("");
  expect(one(seen(), "x-forwarded-authorization")).toBe(Object.values(sent)[0]);
});

test("fact 10: set-headers and remove-headers have `request` and `response`; `requestHeaders` is gone", async () => {
  await serve("named", {
    policies: [
      request([{ name: "x-a", value: "1" }]),
      policy("remove-headers", { request: { headers: [{ name: "x-b" }] } }),
    ],
  });
  await t.request({ path: "/named/a", headers: { "x-b": "2" } });
  expect([one(seen(), "x-a"), one(seen(), "x-b")]).toEqual(["1", ""]);
  const old = policy("set-headers", { requestHeaders: [{ name: "x-a", value: "1" }] });
  const { status, body } = await t.manage(
    "POST",
    "/rest-apis",
    restApi("old", 9, { policies: [old] }),
  );
  expect([status, JSON.stringify(body.errors)]).toEqual([
    400,
    expect.stringContaining("requestHeaders"),
  ]);
});

test("fact 11: another method on a known path is 404 as an unknown path is, not 405", async () => {
  await serve("methods", { operations: [get("/a")] });
  for (const sent of [{ method: "POST", path: "/methods/a" }, { path: "/methods/b" }]) {
    const answer = await t.request(sent);
    expect([answer.status, answer.text]).toEqual([404, '{"error":"Not Found"}']);
    expect(one(answer, "content-type")).toBe("application/json");
  }
});

test("fact 12: literal paths may end with a slash, templated and `match` paths may not; /foo/* is /foo too", async () => {
  await serve("paths", {
    operations: [
      get("/literal"),
      get("/item/{id}"),
      get("/wide/*"),
      { match: { method: "GET", path: { value: "/exact" } } },
    ],
  });
  const asked = [
    "/literal",
    "/literal/",
    "/item/1",
    "/item/1/",
    "/wide",
    "/wide/x",
    "/exact",
    "/exact/",
  ];
  const found = [];
  for (const path of asked) found.push(await status(`/paths${path}`));
  expect(found).toEqual([200, 200, 200, 404, 200, 200, 200, 404]);
  await t.request("/paths/wide");
  expect(seen().path).toBe("/wide");
});

test("fact 13: a preflight that fails is 204 without headers, origins are unanchored, OPTIONS is an operation", async () => {
  const cors = policy("cors", { allowedOrigins: ["shop\\.example"], allowedMethods: ["GET"] });
  await serve("preflight", {
    policies: [cors],
    operations: [get("/*"), { method: "OPTIONS", path: "/*" }],
  });
  await serve("without", { policies: [cors] });
  const ask = (origin: string, path = "/preflight/a") =>
    t.request({
      ...{ method: "OPTIONS", path },
      headers: { origin, "access-control-request-method": "GET" },
    });
  const [good, wider, bad] = [
    await ask("https://shop.example"),
    await ask("https://shop.example.elsewhere.example"),
    await ask("https://evil.example"),
  ];
  expect([good.status, one(good, "access-control-allow-origin")]).toEqual([
    204,
    "https://shop.example",
  ]);
  expect(one(wider, "access-control-allow-origin")).not.toBe("");
  expect([bad.status, one(bad, "access-control-allow-origin"), bad.text]).toEqual([204, "", ""]);
  expect((await ask("https://shop.example", "/without/a")).status).toBe(404);
});

test("fact 15: an undeployed API keeps its record and has no routes; `status` filters by deployment", async () => {
  const spec = { deploymentState: "undeployed" };
  await serve("asleep", spec);
  expect(await status("/asleep/a")).toBe(404);
  const names = async (state: string) => {
    const { body } = await t.manage("GET", `/rest-apis?status=${state}`);
    const { apis } = body as unknown as { apis: { metadata: { name: string } }[] };
    return apis.map(({ metadata }) => metadata.name);
  };
  expect(await names("undeployed")).toEqual(["asleep"]);
  expect(await names("deployed")).not.toContain("asleep");
  await t.manage("PUT", "/rest-apis/asleep?wait=10s", restApi("asleep", t.upstream.port));
  expect(await status("/asleep/a")).toBe(200);
});

test("fact 21: `0s` switches a route's timeout off", async () => {
  const slow = await startUpstream(() => ({ delayMs: 400 }));
  const upstream = { main: { url: `http://127.0.0.1:${slow.port}` } };
  try {
    await serve("hurried", { upstream, resilience: { timeout: "100ms" } });
    await serve("patient", {
      ...{ upstream, resilience: { timeout: "100ms" } },
      operations: [get("/*", [], { resilience: { timeout: "0s" } })],
    });
    expect([await status("/hurried/a"), await status("/patient/a")]).toEqual([504, 200]);
  } finally {
    await slow.close();
  }
});

test("fact 22: `ref` takes the first target where `ref_targets` says so, weights apply through dynamic-endpoint; host-rewrite needs `manual`", async () => {
  const [mine, other] = [t.upstream, second].map(({ port }) => `http://127.0.0.1:${port}`);
  const upstreams = [
    { url: mine, weight: 0 },
    { url: other, weight: 100 },
  ];
  const upstreamDefinitions = [{ name: "pair", upstreams }];
  await serve("weighted", {
    upstreamDefinitions,
    policies: [policy("dynamic-endpoint", { targetUpstream: "pair" })],
  });
  await serve("referred", { upstreamDefinitions, upstream: { main: { ref: "pair" } } });
  // The same definition by both ways in one API.
  await serve("both", {
    ...{ upstreamDefinitions, upstream: { main: { ref: "pair" } } },
    operations: [
      get("/chosen", [policy("dynamic-endpoint", { targetUpstream: "pair" })]),
      get("/*", []),
    ],
  });
  for (const path of ["/weighted/a", "/both/chosen", "/weighted/a", "/both/chosen"])
    expect(one(await t.request(path), "x-from")).toBe("second");
  for (const path of ["/referred/a", "/both/a", "/referred/a", "/both/a"]) {
    const { length } = t.upstream.seen;
    await t.request(path);
    expect(t.upstream.seen).toHaveLength(length + 1);
  }
  const rewrite = [policy("host-rewrite", { host: "inner.example" })];
  await serve("automatic", { policies: rewrite });
  await serve("manual", {
    policies: rewrite,
    upstream: { main: { url: mine, hostRewrite: "manual" } },
  });
  await t.request("/automatic/a");
  expect(one(seen(), "host")).toBe(`127.0.0.1:${t.upstream.port}`);
  await t.request("/manual/a");
  expect(one(seen(), "host")).toBe("inner.example");
});

test("fact 23: a plan counts from the first request of a subscription, and a token is not helped by anything else", async () => {
  await serve("planned", { policies: [policy("subscription-validation")] });
  const plan = { planName: "One", throttleLimitCount: 1, throttleLimitUnit: "Min" };
  const { id } = (await t.manage("POST", "/subscription-plans", plan)).body as unknown as {
    id: string;
  };
  await t.manage("POST", "/subscriptions", {
    ...{ apiId: "planned", subscriptionToken: "tok-1", subscriptionPlanId: id },
  });
  const ask = (key: string) =>
    t.request({ path: "/planned/a", headers: { "subscription-key": key } });
  await eventually(async () => expect((await ask("none")).status).toBe(403));
  expect((await ask("none")).text).toMatch(
    /^\{"error":"forbidden","message":"Subscription required for this API/,
  );
  await eventually(async () => expect((await ask("tok-1")).status).not.toBe(403));
  const refused = await ask("tok-1");
  expect([refused.status, refused.text]).toEqual([
    429,
    '{"error":"rate_limit_exceeded","message":"Subscription quota exceeded: 1 requests per Min"}',
  ]);
  for (const [unit, taken] of [
    ["Min", 201],
    ["Hour", 201],
    ["Day", 201],
    ["Month", 201],
    ["Week", 400],
  ] as const)
    expect(
      (
        await t.manage("POST", "/subscription-plans", {
          ...plan,
          planName: `In a ${unit}`,
          throttleLimitUnit: unit,
        })
      ).status,
    ).toBe(taken);
});

describe("fact 24: the engine fails closed", () => {
  test("with 500, an error_id and x-error-id when a condition fails", async () => {
    await serve("conditional", {
      policies: [
        policy(
          "set-headers",
          { request: { headers: [{ name: "x-a", value: "1" }] } },
          { executionCondition: 'request.Headers["x-none"][0] == "a"' },
        ),
      ],
    });
    const before = t.upstream.seen.length;
    const answer = await t.request("/conditional/a");
    expect(answer.status).toBe(500);
    const body = JSON.parse(answer.text) as { error: string; error_id: string };
    expect(body).toEqual({ error: "Internal Server Error", error_id: one(answer, "x-error-id") });
    expect(body.error_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(t.upstream.seen).toHaveLength(before);
  });

  test("with 413 for a body that is too large to be held", async () => {
    await serve("held", {
      policies: [policy("request-validation", { body: {} })],
      operations: [{ method: "POST", path: "/*" }],
    });
    const send = (size: number) =>
      t.request({
        ...{ method: "POST", path: "/held/a", body: JSON.stringify("x".repeat(size)) },
        headers: { "content-type": "application/json" },
      });
    expect((await send(900)).status).toBe(200);
    const refused = await send(300_000);
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.text)).toMatchObject({ error: "Payload Too Large" });
  });
});
