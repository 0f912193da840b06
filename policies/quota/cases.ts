import type { Case, CaseRequest, Expected } from "sluice/cases";

const ask = (status: number, headers: Expected["headers"] = {}, path = "/"): CaseRequest => ({
  request: { path },
  expect: { status, headers },
});
const hour = 3_600_000;
const day = 24 * hour;
const clock = { runner: "simulator", because: "its clock starts with 2026, a Thursday" } as const;
const limits = (limit: number, period: string) => ({ limits: [{ limit, period }] });

/** How long after the start of 2026 the next window begins, in seconds. */
const windows: [string, string, number][] = [
  ["minute", "Z", 60],
  ["hour", "Z", 3_600],
  ["hour", "+05:30", 1_800],
  ["day", "Z", 86_400],
  ["day", "+02:00", 22 * 3_600],
  ["day", "-03:30", 3.5 * 3_600],
  ["week", "Z", 4 * 86_400],
  ["month", "Z", 31 * 86_400],
  ["month", "-01:00", 3_600],
  ["year", "Z", 365 * 86_400],
];

export const cases: Case[] = [
  {
    name: "lets so much through and then says how long to wait",
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
      { advanceMs: seconds * 1_000 - 1 },
      ask(429, { "retry-after": "1" }),
      { advanceMs: 1 },
      ask(200),
      ask(429),
    ],
    only: clock,
  })),
  {
    name: "knows how long a month is",
    params: limits(1, "month"),
    steps: [
      { advanceMs: 31 * day },
      ask(200, { "ratelimit-policy": `"quota";q=1;w=${28 * 86_400}` }),
      { advanceMs: 28 * day },
      ask(200, { "ratelimit-policy": `"quota";q=1;w=${31 * 86_400}` }),
    ],
    only: clock,
  },
  {
    name: "holds a day and a month at once, and announces the tighter",
    params: {
      limits: [
        { limit: 2, period: "day" },
        { limit: 3, period: "month" },
      ],
    },
    steps: [
      ask(200, { "x-ratelimit-limit": "2" }),
      ask(200),
      ask(429),
      { advanceMs: day },
      ask(200, { "x-ratelimit-limit": "3", "x-ratelimit-remaining": "0" }),
      ask(429, { "retry-after": String(30 * 86_400) }),
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
];
