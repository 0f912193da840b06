import type { Case, CaseRequest, Step } from "sluice/cases";

type Sent = CaseRequest["request"];
const ask = (status: number, request: Sent = { path: "/" }): CaseRequest => ({
  request,
  expect: { status },
});
const together = (...statuses: number[]): Step => ({ together: statuses.map((one) => ask(one)) });
/** An answer that takes its time. */
const slow = { status: 200, delayMs: 100 };
const inOrder = {
  runner: "simulator",
  because: "in Envoy it is not certain which comes last",
} as const;

export const cases: Case[] = [
  {
    name: "lets so many be under way, and the next ones once those are done",
    params: { limit: 2 },
    upstream: slow,
    steps: [together(200, 200, 429, 429), together(200, 200, 429)],
    only: inOrder,
  },
  {
    name: "one after the other is not at the same time",
    params: { limit: 1 },
    steps: [ask(200), ask(200), ask(200)],
  },
  {
    name: "says in the gateway's words that there are too many",
    example: true,
    params: { limit: 1 },
    upstream: slow,
    steps: [
      {
        together: [
          ask(200),
          {
            request: { path: "/" },
            expect: {
              status: 429,
              headers: { "content-type": "application/json", "retry-after": "1" },
              body: {
                error: "Too Many Requests",
                message: "Too many requests at the same time. Please try again later.",
              },
              upstream: null,
            },
          },
        ],
      },
    ],
    only: inOrder,
  },
  {
    name: "answers what it is told to",
    params: { limit: 1, onLimitExceeded: { statusCode: 503, bodyFormat: "plain" } },
    upstream: slow,
    steps: [together(200, 503)],
    only: inOrder,
  },
  {
    name: "counts by key",
    params: { limit: 1, keyExtraction: [{ type: "header", key: "x-user" }] },
    upstream: slow,
    steps: [
      {
        together: [
          ask(200, { path: "/", headers: { "x-user": "ada" } }),
          ask(200, { path: "/", headers: { "x-user": "bob" } }),
          ask(200),
          ask(429, { path: "/", headers: { "x-user": "ada" } }),
          ask(429),
        ],
      },
    ],
    only: inOrder,
  },
  {
    name: "a client that hangs up holds nothing any more",
    params: { limit: 1 },
    upstream: slow,
    steps: [
      { request: { path: "/", disconnect: "after-request" }, expect: {} },
      ask(200),
      { request: { path: "/", disconnect: "on-response-headers" }, expect: {} },
      ask(200),
    ],
    only: { runner: "simulator", because: "the client of the other one does not hang up" },
  },
  {
    name: "refuses a limit of nothing",
    params: { limit: 0 },
    request: { path: "/" },
    expect: { status: 500, logs: [/limit: expected/] },
  },
  ...(
    [
      ["attachment", "one", [200, 200]],
      ["gateway", "one", [200, 429]],
      ["gateway", "two", [200, 200]],
    ] as const
  ).map(([scope, name, statuses]): Case => ({
    name: `routes of two APIs: by ${scope} and the ${name === "one" ? "same" : "another"} name`,
    routes: ["one", name].map((its, i) => ({
      name: `api-${i}/GET /*@${i}`,
      match: { prefix: `/${i}` },
      chain: {
        api: { name: `api-${i}`, version: "v1" },
        policies: [
          { name: "concurrency-limit", version: "v1", params: { limit: 1, scope, name: its } },
        ],
      },
    })),
    upstream: slow,
    steps: [{ together: statuses.map((status, i) => ask(status, { path: `/${i}` })) }],
    only: inOrder,
  })),
  {
    name: "counts by the address that the client says, where it is believed",
    params: { limit: 1, keyExtraction: [{ type: "ip" }], clientAddress: "forwarded" },
    upstream: slow,
    steps: [
      {
        together: [
          ask(200, { path: "/", headers: { "x-forwarded-for": "10.0.0.1" } }),
          ask(200, { path: "/", headers: { "x-forwarded-for": "10.0.0.2" } }),
          ask(429, { path: "/", headers: { "x-forwarded-for": "10.0.0.1" } }),
        ],
      },
    ],
    only: inOrder,
  },
];
