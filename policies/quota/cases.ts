import type { Case, CaseRequest, Expected } from "sluice/cases";

const ask = (status: number, headers: Expected["headers"] = {}, path = "/"): CaseRequest => ({
  request: { path },
  expect: { status, headers },
});
const clock = { runner: "simulator", because: "its clock starts with 2026, a Thursday" } as const;
const limits = (limit: number, period: string) => ({ limits: [{ limit, period }] });

/** At these offsets 2026 begins a minute later than the clock; how long each window is then, in seconds. */
const windows: [string, string, number][] = [
  ["minute", "Z", 60],
  ["hour", "+05:59", 3_600],
  ["day", "-00:01", 86_400],
  ["month", "-00:01", 31 * 86_400],
  ["year", "-00:01", 365 * 86_400],
];

export const cases: Case[] = [
  {
    name: "lets so much through and then says how long to wait",
    example: true,
    params: limits(2, "year"),
    steps: [
      ask(200, {
        "x-ratelimit-limit": "2",
        "x-ratelimit-remaining": "1",
        "x-ratelimit-reset": /^\d{10}$/,
        "ratelimit-policy": /^"quota";q=2;w=31\d{6}$/,
      }),
      ask(200),
      {
        request: { path: "/" },
        expect: {
          status: 429,
          headers: { "x-ratelimit-quota": "quota", "retry-after": /^\d+$/ },
          upstream: null,
        },
      },
    ],
  },
  ...windows.map(([period, timeZoneOffset, seconds]): Case => ({
    name: `starts anew with the ${period} at ${timeZoneOffset}`,
    params: { ...limits(1, period), timeZoneOffset },
    steps: [
      ask(200),
      { advanceMs: 59_999 },
      ask(429, { "retry-after": "1" }),
      { advanceMs: 1 },
      ask(200, { "ratelimit-policy": `"quota";q=1;w=${seconds}` }),
      ask(429, { "retry-after": String(seconds) }),
    ],
    only: clock,
  })),
  {
    name: "a week begins on Monday",
    params: limits(1, "week"),
    steps: [ask(200), ask(429, { "retry-after": String(4 * 86_400) })],
    only: clock,
  },
  {
    name: "a place in the east is further on",
    params: { ...limits(1, "day"), timeZoneOffset: "+02:00" },
    steps: [ask(200), ask(429, { "retry-after": String(22 * 3_600) })],
    only: clock,
  },
  {
    name: "holds a minute and an hour at once, and announces the tighter",
    params: {
      limits: [
        { limit: 2, period: "minute" },
        { limit: 3, period: "hour" },
      ],
    },
    steps: [
      ask(200, { "x-ratelimit-limit": "2" }),
      ask(200),
      ask(429, { "retry-after": "60" }),
      { advanceMs: 60_000 },
      ask(200, { "x-ratelimit-limit": "3", "x-ratelimit-remaining": "0" }),
      ask(429, { "retry-after": String(59 * 60) }),
    ],
    only: clock,
  },
  {
    name: "counts by key and at a cost",
    params: {
      ...limits(10, "year"),
      name: "tokens",
      keyExtraction: [{ type: "cel", expression: "request.Path.split('?')[0]" }],
      costExtraction: { enabled: true, sources: [{ type: "response_header", key: "x-used" }] },
    },
    upstream: { headers: { "x-used": "6" } },
    steps: [
      ask(200, { "x-ratelimit-remaining": "4" }, "/a?1"),
      ask(200, { "x-ratelimit-remaining": "0" }, "/a?2"),
      ask(429, { "x-ratelimit-quota": "tokens" }, "/a"),
      ask(200, {}, "/b"),
    ],
  },
  {
    name: "refuses an offset that no place has",
    params: { ...limits(1, "day"), timeZoneOffset: "+15:00" },
    request: { path: "/" },
    expect: { status: 500, logs: [/timeZoneOffset: expected/] },
  },
  {
    name: "answers and announces as it is told to",
    params: {
      ...limits(1, "year"),
      keyExtraction: [{ type: "ip" }],
      clientAddress: "forwarded",
      headers: { include_x_rate_limit: false, include_ietf: false, include_retry_after: false },
      onRateLimitExceeded: { statusCode: 402, body: "Used up", bodyFormat: "plain" },
    },
    steps: ["10.0.0.1", "10.0.0.2"].flatMap((address): CaseRequest[] => {
      const request = { path: "/", headers: { "x-forwarded-for": address } };
      const silent = { "x-ratelimit-limit": null, ratelimit: null, "retry-after": null };
      return [
        { request, expect: { status: 200, headers: silent } },
        { request, expect: { status: 402, headers: silent, body: "Used up" } },
      ];
    }),
  },
  ...["attachment", "gateway"].map((scope): Case => ({
    name: `routes of two APIs count ${scope === "gateway" ? "together" : "each by itself"} by ${scope}`,
    routes: [0, 1].map((i) => ({
      name: `api-${i}/GET /*@${i}`,
      match: { prefix: `/${i}` },
      chain: {
        api: { name: `api-${i}`, version: "v1" },
        policies: [{ name: "quota", version: "v1", params: { ...limits(1, "year"), scope } }],
      },
    })),
    steps: [ask(200, {}, "/0"), ask(scope === "gateway" ? 429 : 200, {}, "/1")],
  })),
  {
    name: "refuses counters that gateways share, which are not there",
    params: { ...limits(1, "year"), backend: "redis" },
    request: { path: "/" },
    expect: { status: 500, logs: [/backend: expected memory, found redis/], upstream: null },
  },
];
