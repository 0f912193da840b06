import type { Case, Expected } from "sluice/cases";

const once = { limits: [{ requests: 1, duration: "1h" }] };
const ask = (status: number, headers: Expected["headers"] = {}) => ({
  request: { path: "/" },
  expect: { status, headers },
});
const pass = { request: { path: "/" }, expect: { status: 200 } };
const refused = {
  request: { path: "/" },
  expect: {
    status: 429,
    headers: {
      "content-type": "application/json",
      "retry-after": /^\d+$/,
      "x-ratelimit-limit": "1",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": /^\d{10}$/,
      "x-ratelimit-quota": "default",
      "ratelimit-policy": '"default";q=1;w=3600',
      ratelimit: /^"default";r=0;t=\d+$/,
    },
    body: '{"error": "Too Many Requests", "message": "Rate limit exceeded. Please try again later."}',
    upstream: null,
  },
};

export const cases: Case[] = [
  {
    name: "lets so many requests through and refuses the next",
    example: true,
    params: once,
    steps: [pass, refused],
  },
  {
    name: "holds several limits at the same time",
    params: {
      limits: [
        { requests: 1, duration: "1s" },
        { requests: 2, duration: "1m" },
      ],
    },
    steps: [
      pass,
      ask(429, { "retry-after": "1" }),
      { advanceMs: 1_000 },
      ask(200, { "x-ratelimit-limit": "2", "x-ratelimit-remaining": "0" }),
      { advanceMs: 1_000 },
      ask(429, { "retry-after": "58", "ratelimit-policy": '"default";q=2;w=60' }),
      { advanceMs: 58_000 },
      pass,
    ],
    only: { runner: "simulator", because: "its clock starts with a minute" },
  },
  {
    name: "counts in the way that the gateway's configuration says",
    params: { limits: [{ requests: 10, duration: "1s" }], algorithm: "leaky-bucket" },
    steps: [ask(200, { "x-ratelimit-limit": "1" }), ask(429), { advanceMs: 100 }, pass, ask(429)],
    only: {
      runner: "simulator",
      because: "a tenth of a second passes between two requests of a test",
    },
  },
  ...(
    [
      ["fixed-window", [ask(200), ask(200), ask(200), ask(429)]],
      ["sliding-window", [ask(200), ask(429)]],
      ["token-bucket", [ask(200), ask(200), ask(429)]],
      ["gcra", [ask(200), ask(200), ask(429)]],
    ] as const
  ).map(([algorithm, [first, ...later]]): Case => ({
    name: `counts by ${algorithm}, once all was used half a minute ago`,
    params: { limits: [{ requests: 2, duration: "1m" }], algorithm },
    // Half a minute later a bucket has one again, and half of a sliding window's last minute counts.
    steps: [{ advanceMs: 45_000 }, ask(200), first, { advanceMs: 30_000 }, ...later],
    only: { runner: "simulator", because: "its clock starts with a minute" },
  })),
  {
    name: "says nothing that the gateway does not want to be said",
    params: { ...once, headers: { include_x_rate_limit: false, include_retry_after: false } },
    steps: [
      ask(200, { "x-ratelimit-limit": null, "ratelimit-policy": '"default";q=1;w=3600' }),
      ask(429, { "x-ratelimit-reset": null, "retry-after": null, "x-ratelimit-quota": "default" }),
    ],
  },
  {
    name: "refuses counters that gateways share, which are not there",
    params: { ...once, backend: "redis" },
    request: { path: "/" },
    expect: { status: 500, logs: [/backend: expected memory, found redis/], upstream: null },
  },
  {
    name: "takes a duration of several units",
    params: { limits: [{ requests: 1, duration: "1h30m" }] },
    steps: [ask(200, { "ratelimit-policy": '"default";q=1;w=5400' })],
  },
  ...["", "5", "1d", "-1m", "0s", "1.5ms", "1ns", "87601h"].map((duration): Case => ({
    name: `refuses a duration of ${JSON.stringify(duration)}`,
    params: { limits: [{ requests: 1, duration }] },
    request: { path: "/" },
    expect: { status: 500, logs: [/limits(\[0\]|\.0)\.duration: expected/], upstream: null },
  })),
  {
    name: "refuses a limit of nothing",
    params: { limits: [{ requests: 0, duration: "1m" }] },
    request: { path: "/" },
    expect: { status: 500, logs: [/limits.*requests: expected/] },
  },
  {
    name: "refuses what it does not know",
    params: { limits: [{ limit: 5, duration: "1m" }] },
    request: { path: "/" },
    expect: { status: 500, logs: [/limit/] },
  },
];
