import { createHash } from "node:crypto";
import type { Case } from "sluice/cases";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const api = { name: "pets", version: "v1.0", context: "/pets", kind: "RestApi" };
const chain = (params: object = {}) => ({
  api,
  policies: [{ name: "subscription-validation", version: "v1", params }],
});
/** Id, status, plan, application, billing customer and subscription, consumer. */
const subscription = (token: string, plan = "", status = "ACTIVE", of = "pets") => ({
  table: "subscription" as const,
  id: [`RestApi/${of}`, hash(token)],
  fields: [`sub-${token}`, status, plan, "app-1", "cust-1", "bill-1", ""],
});
/** Name, limit, unit, whether it stops, status, expiry, billing plan. */
const plan = (id: string, limit: string, unit: string, stops = "1", status = "ACTIVE") => ({
  table: "plan" as const,
  id: [id],
  fields: ["Gold", limit, unit, stops, status, "", ""],
});
const forbidden = (detail = "") => ({
  status: 403,
  headers: { "content-type": "application/json" },
  body: `{"error":"forbidden","message":"Subscription required for this API${detail}"}`,
  upstream: null,
});
const ask = (token: string) => ({ path: "/", headers: { "Subscription-Key": token } });

export const cases: Case[] = [
  {
    name: "counts requests against the subscription's plan",
    example: true,
    chain: chain(),
    feed: [subscription("tok", "gold"), plan("gold", "1", "Hour")],
    steps: [
      { request: ask("tok"), expect: { status: 200 } },
      {
        request: ask("tok"),
        expect: {
          status: 429,
          headers: { "content-type": "application/json" },
          body: {
            error: "rate_limit_exceeded",
            message: "Subscription quota exceeded: 1 requests per Hour",
          },
          upstream: null,
        },
      },
      { request: { path: "/" }, expect: forbidden() },
    ],
  },
  {
    name: "refuses the subscription of an API of another kind with the same name",
    chain: { ...chain(), api: { ...api, kind: "Mcp" } },
    feed: [subscription("tok")],
    request: ask("tok"),
    expect: forbidden(),
  },
  {
    name: "lets an active subscription through",
    chain: chain(),
    feed: [subscription("tok")],
    request: ask("tok"),
    expect: { status: 200 },
  },
  {
    name: "refuses requests without a subscription, with an unknown one, or with that of another API",
    chain: chain(),
    feed: [subscription("other", "", "ACTIVE", "shop")],
    steps: [
      { request: { path: "/" }, expect: forbidden() },
      { request: ask("nobody"), expect: forbidden() },
      { request: ask("other"), expect: forbidden() },
      {
        request: { path: "/", headers: { "Subscription-Key": ["nobody", "tok"] } },
        expect: forbidden(),
      },
    ],
  },
  {
    name: "refuses a subscription that is not active, and one whose plan is not",
    chain: chain(),
    feed: [
      subscription("paused", "", "INACTIVE"),
      subscription("revoked", "", "REVOKED"),
      subscription("dead", "off"),
      subscription("lost", "gone"),
      plan("off", "5", "Min", "1", "INACTIVE"),
    ],
    steps: [
      { request: ask("paused"), expect: forbidden(": the subscription is inactive") },
      { request: ask("revoked"), expect: forbidden(": the subscription is revoked") },
      { request: ask("dead"), expect: forbidden(": the subscription's plan is not active") },
      { request: ask("lost"), expect: forbidden(": the subscription's plan is gone") },
    ],
  },
  {
    name: "takes the token from a cookie where the header is missing",
    chain: chain({ subscriptionKeyHeader: "x-sub", subscriptionKeyCookie: "sub" }),
    feed: [subscription("tok")],
    steps: [
      { request: { path: "/", headers: { cookie: "a=b; sub=tok" } }, expect: { status: 200 } },
      { request: { path: "/", headers: { "x-sub": "tok" } }, expect: { status: 200 } },
      {
        request: { path: "/", headers: { "x-sub": "wrong", cookie: "sub=tok" } },
        expect: forbidden(),
      },
    ],
  },
  {
    name: "counts against the plan from the first request on, and starts anew when the window is over",
    chain: chain(),
    feed: [subscription("tok", "gold"), plan("gold", "2", "Min")],
    only: { runner: "simulator", because: "a minute would have to pass" },
    steps: [
      { advanceMs: 59_000 },
      { request: ask("tok"), expect: { status: 200 } },
      { advanceMs: 30_000 },
      { request: ask("tok"), expect: { status: 200 } },
      {
        request: ask("tok"),
        expect: {
          status: 429,
          headers: {
            "content-type": "application/json",
            "x-ratelimit-limit": "2",
            "x-ratelimit-remaining": "0",
            "retry-after": "30",
          },
          body: '{"error":"rate_limit_exceeded","message":"Subscription quota exceeded: 2 requests per Min"}',
          upstream: null,
        },
      },
      { advanceMs: 31_000 },
      { request: ask("tok"), expect: { status: 200 } },
    ],
  },
  {
    name: "refuses what is over the plan, each subscription by itself",
    chain: chain(),
    feed: [subscription("one", "day"), subscription("two", "day"), plan("day", "1", "Day")],
    steps: [
      { request: ask("one"), expect: { status: 200 } },
      { request: ask("one"), expect: { status: 429 } },
      { request: ask("two"), expect: { status: 200 } },
    ],
  },
  {
    name: "only says so in the log where a plan does not stop",
    chain: chain(),
    feed: [subscription("tok", "soft"), plan("soft", "1", "Hour", "0")],
    steps: [
      { request: ask("tok"), expect: { status: 200 } },
      {
        request: ask("tok"),
        expect: { status: 200, logs: [/over its quota of 1 requests per Hour/] },
      },
    ],
  },
  {
    name: "asks for nothing where it is switched off",
    chain: chain({ enabled: false }),
    feed: [],
    request: { path: "/" },
    expect: { status: 200 },
  },
  {
    name: "refuses what is over the plan's month",
    chain: chain(),
    feed: [subscription("tok", "gold"), plan("gold", "1", "Month")],
    steps: [
      { request: ask("tok"), expect: { status: 200 } },
      { request: ask("tok"), expect: { status: 429, upstream: null } },
    ],
  },
  {
    name: "tells the consumer and the plan to what comes behind it, but not over what is known",
    chain: {
      api,
      policies: [
        { name: "basic-auth", version: "v1", params: { username: "ada", password: "word" } },
        { name: "subscription-validation", version: "v1", params: {} },
        { name: "cel-authz", version: "v1", params: { expression: "auth.Consumer == 'ada-co'" } },
      ],
    },
    feed: [{ ...subscription("tok"), fields: ["sub", "ACTIVE", "", "app-1", "", "", "ada-co"] }],
    request: {
      path: "/",
      headers: { "Subscription-Key": "tok", authorization: `Basic ${btoa("ada:word")}` },
    },
    expect: { status: 200 },
  },
];
