import type { Case, CaseRequest, Expected, Step } from "sluice/cases";

/** So long that no window ends while a case runs. */
const year = "8760h";
const limit = (n: number, more: object = {}) => ({ limit: n, duration: year, ...more });
const one = (quota: object = {}) => ({ quotas: [{ limits: [limit(1)], ...quota }] });
const key = (...keyExtraction: object[]) => one({ keyExtraction });

type Sent = CaseRequest["request"];
const ask = (request: Sent | string, expect: Expected): CaseRequest => ({
  request: typeof request === "string" ? { path: request } : request,
  expect,
});
const pass = (request: Sent | string = "/", more: Expected = {}): Step =>
  ask(request, { status: 200, ...more });
const stop = (request: Sent | string = "/", more: Expected = {}): Step =>
  ask(request, { status: 429, upstream: null, ...more });
const withHeaders = (headers: Record<string, string>): Sent => ({ path: "/", headers });
const post = (body: string): Sent => ({ method: "POST", path: "/", body });

const counting: Case[] = [
  {
    name: "says on every response how the limit stands",
    params: { quotas: [{ limits: [limit(2)] }] },
    steps: [
      pass("/", {
        headers: {
          "x-ratelimit-limit": "2",
          "x-ratelimit-remaining": "1",
          "x-ratelimit-reset": /^\d{10}$/,
          "ratelimit-policy": '"default";q=2;w=31536000',
          ratelimit: /^"default";r=1;t=\d+$/,
          "retry-after": null,
          "x-ratelimit-quota": null,
        },
      }),
      pass("/", { headers: { "x-ratelimit-remaining": "0" } }),
      stop("/", {
        headers: {
          "content-type": "application/json",
          "retry-after": /^\d+$/,
          "x-ratelimit-limit": "2",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-quota": "default",
          ratelimit: /^"default";r=0;t=\d+$/,
        },
        body: '{"error": "Too Many Requests", "message": "Rate limit exceeded. Please try again later."}',
      }),
    ],
  },
  {
    name: "says nothing that the gateway does not want to be said",
    params: {
      ...one(),
      headers: { include_x_rate_limit: false, include_ietf: false, include_retry_after: false },
    },
    steps: [
      pass("/", { headers: { "x-ratelimit-limit": null, ratelimit: null } }),
      stop("/", {
        headers: { "x-ratelimit-limit": null, ratelimit: null, "retry-after": null },
      }),
    ],
  },
  {
    name: "replaces what an upstream says by the same names",
    params: one(),
    upstream: { headers: { "x-ratelimit-remaining": "99", ratelimit: "mine" } },
    steps: [
      pass("/", { headers: { "x-ratelimit-remaining": "0", ratelimit: /^"default";r=0;t=\d+$/ } }),
    ],
  },
  {
    name: "takes of several quotas all or nothing, and names the one that refused",
    params: {
      quotas: [
        { name: "wide", limits: [limit(5)] },
        {
          name: "narrow",
          limits: [limit(1)],
          keyExtraction: [{ type: "header", key: "x-user" }],
        },
      ],
    },
    steps: [
      pass(withHeaders({ "x-user": "ada" }), {
        headers: {
          "x-ratelimit-limit": "1",
          "ratelimit-policy": '"wide";q=5;w=31536000, "narrow";q=1;w=31536000',
          ratelimit: /^"wide";r=4;t=\d+, "narrow";r=0;t=\d+$/,
        },
      }),
      stop(withHeaders({ "x-user": "ada" }), { headers: { "x-ratelimit-quota": "narrow" } }),
      stop(withHeaders({ "x-user": "ada" })),
      // The two refusals took nothing of the wide one.
      pass(withHeaders({ "x-user": "bob" }), {
        headers: { ratelimit: /^"wide";r=3;t=\d+, "narrow";r=0;t=\d+$/ },
      }),
    ],
  },
  {
    name: "holds several limits of one quota at once",
    params: { quotas: [{ limits: [limit(2), { limit: 3, duration: "4380h" }] }] },
    steps: [pass(), pass(), stop("/", { headers: { "ratelimit-policy": /q=2;w=31536000$/ } })],
  },
  {
    name: "starts anew with the next window",
    params: { quotas: [{ limits: [{ limit: 1, duration: "1m" }] }] },
    steps: [pass(), { advanceMs: 59_999 }, stop("/", { headers: { "retry-after": "1" } })],
    only: { runner: "simulator", because: "its clock starts with a minute" },
  },
  {
    name: "a fixed window lets the limit through on both sides of its end",
    params: { quotas: [{ limits: [{ limit: 1, duration: "1m" }] }] },
    steps: [{ advanceMs: 59_990 }, pass(), { advanceMs: 20 }, pass(), stop()],
  },
  {
    name: "a sliding window does not",
    params: {
      quotas: [{ algorithm: "sliding-window", limits: [{ limit: 2, duration: "1m" }] }],
    },
    steps: [
      { advanceMs: 59_990 },
      pass(),
      pass(),
      { advanceMs: 20 },
      stop("/", { headers: { "retry-after": "30" } }),
      { advanceMs: 30_000 },
      pass("/", { headers: { "x-ratelimit-remaining": "0" } }),
      stop(),
    ],
  },
  {
    name: "a token bucket fills evenly, up to its burst",
    params: {
      quotas: [{ algorithm: "token-bucket", limits: [{ limit: 60, duration: "1m", burst: 3 }] }],
    },
    steps: [
      pass("/", { headers: { "x-ratelimit-limit": "3", "x-ratelimit-remaining": "2" } }),
      pass(),
      pass(),
      stop("/", { headers: { "retry-after": "1" } }),
      { advanceMs: 1_100 },
      pass(),
      stop(),
      { advanceMs: 600_000 },
      pass("/", { headers: { "x-ratelimit-remaining": "2" } }),
    ],
  },
  {
    name: "gcra paces what comes after the burst",
    params: {
      algorithm: "gcra",
      quotas: [{ limits: [{ limit: 1, duration: "1s", burst: 1 }] }],
    },
    steps: [pass(), stop(), { advanceMs: 1_050 }, pass(), stop()],
  },
  {
    name: "a leaky bucket lets so many wait for their turn, and refuses the next",
    params: {
      quotas: [{ algorithm: "leaky-bucket", limits: [{ limit: 10, duration: "1s", queue: 2 }] }],
    },
    steps: [{ together: [pass(), pass(), pass(), stop()] as CaseRequest[] }],
    only: { runner: "simulator", because: "in Envoy it is not certain which of four comes last" },
  },
  {
    name: "a request that waited goes on as it came",
    params: {
      quotas: [{ algorithm: "leaky-bucket", limits: [{ limit: 10, duration: "1s", queue: 1 }] }],
    },
    steps: [
      pass(post("one"), { upstream: { body: "one" } }),
      pass(post("two"), { upstream: { body: "two" } }),
    ],
  },
];

const keys: Case[] = [
  {
    name: "counts by header; who sends none shares one count",
    params: key({ type: "header", key: "X-User" }),
    steps: [
      pass(withHeaders({ "x-user": "ada" })),
      pass(withHeaders({ "x-user": "bob" })),
      stop(withHeaders({ "x-user": "ada" })),
      pass(),
      stop(),
    ],
  },
  {
    name: "keeps lists of values apart that would look the same when joined",
    params: key({ type: "header", key: "x-a" }, { type: "header", key: "x-b" }),
    steps: [
      pass(withHeaders({ "x-a": "1:2", "x-b": "3" })),
      pass(withHeaders({ "x-a": "1", "x-b": "2:3" })),
      stop(withHeaders({ "x-a": "1", "x-b": "2:3" })),
    ],
  },
  {
    name: "tells long values apart by their ends",
    params: key({ type: "header", key: "x-a" }),
    steps: [
      pass(withHeaders({ "x-a": "a".repeat(8_000) + "1" })),
      pass(withHeaders({ "x-a": "a".repeat(8_000) + "2" })),
      stop(withHeaders({ "x-a": "a".repeat(8_000) + "1" })),
    ],
  },
  {
    name: "counts by the address that the listener trusts, whatever the client claims",
    params: key({ type: "ip" }),
    steps: [
      pass(withHeaders({ "x-real-ip": "10.0.0.1" })),
      stop(withHeaders({ "x-real-ip": "10.0.0.2" })),
    ],
  },
  {
    name: "believes the first of x-forwarded-for only where it is told to",
    params: { ...key({ type: "ip" }), clientAddress: "forwarded" },
    steps: [
      pass(withHeaders({ "x-forwarded-for": "10.0.0.1, 10.9.9.9" })),
      pass(withHeaders({ "x-forwarded-for": "10.0.0.2, 10.9.9.9" })),
      stop(withHeaders({ "x-forwarded-for": "10.0.0.1" })),
    ],
  },
  {
    name: "counts by expression",
    params: key({ type: "cel", expression: "request.Path.split('?')[0]" }),
    steps: [pass("/a?1"), stop("/a?2"), pass("/b?1")],
  },
  {
    name: "an expression that fails shares one count",
    params: key({ type: "cel", expression: "request.Headers['x-user'][0]" }),
    steps: [pass(withHeaders({ "x-user": "ada" })), pass(), stop()],
  },
  {
    name: "leaves requests alone that do not match",
    params: key({ type: "header", key: "x-plan", match: { type: "regex", value: "^free$" } }),
    steps: [
      pass(withHeaders({ "x-plan": "free" })),
      pass(withHeaders({ "x-plan": "gold" }), { headers: { "x-ratelimit-limit": null } }),
      pass(withHeaders({ "x-plan": "gold" })),
      stop(withHeaders({ "x-plan": "free" })),
    ],
  },
  {
    name: "has a key for all quotas that have none",
    params: {
      quotas: [{ limits: [limit(1)] }],
      keyExtraction: [
        { type: "constant", key: "x" },
        { type: "header", key: "x-user" },
      ],
    },
    steps: [pass(withHeaders({ "x-user": "ada" })), pass(), stop()],
  },
];

const cost = (costExtraction: object, n = 10): object => ({
  quotas: [{ limits: [limit(n)], costExtraction: { enabled: true, ...costExtraction } }],
});
const left = (n: number): Expected => ({ headers: { "x-ratelimit-remaining": String(n) } });

const costs: Case[] = [
  {
    name: "counts what a header says, in multiples, rounded up",
    params: cost({ sources: [{ type: "request_header", key: "x-cost", multiplier: 0.5 }] }),
    steps: [
      pass(withHeaders({ "x-cost": "5" }), left(7)),
      pass(withHeaders({ "x-cost": "0" }), left(7)),
      pass("/", left(6)),
      stop(withHeaders({ "x-cost": "16" }), left(6)),
      pass(withHeaders({ "x-cost": "12" }), left(0)),
    ],
  },
  ...["-5", "1e400", "NaN", "0x10", "", "1e99999999999999999999", "5 apples", "--1"].map(
    (value): Case => ({
      name: `a cost of ${JSON.stringify(value)} gains nothing`,
      params: cost({
        sources: [
          { type: "request_header", key: "x-cost" },
          { type: "request_header", key: "x-base" },
        ],
      }),
      steps: [
        pass(withHeaders({ "x-base": "4" }), left(6)),
        ask(withHeaders({ "x-base": "4", "x-cost": value }), {
          headers: { "x-ratelimit-remaining": value.startsWith("1e") ? "6" : "2" },
        }),
      ],
    }),
  ),
  {
    name: "adds its sources up, from the body too",
    params: cost({
      sources: [
        { type: "request_body", jsonPath: "$.items[1].n" },
        { type: "request_cel", expression: "size(request.Path)" },
      ],
    }),
    steps: [
      pass(post('{"items":[{"n":1},{"n":3}]}'), left(6)),
      pass(post('{"items":['), left(5)),
      stop(post('{"items":[{"n":1},{"n":30}]}'), left(5)),
    ],
  },
  {
    name: "has a default for what says nothing, which may be nothing",
    params: cost({ sources: [{ type: "request_header", key: "x-cost" }], default: 0 }, 1),
    steps: [pass("/", left(1)), pass(withHeaders({ "x-cost": "1" }), left(0)), pass("/", left(0))],
  },
  {
    name: "charges what the response says after it, and refuses once it is used up",
    params: cost({ sources: [{ type: "response_header", key: "x-used" }] }),
    upstream: { headers: { "x-used": "7" } },
    steps: [pass("/", left(3)), pass("/", left(0)), stop("/", left(0))],
  },
  {
    name: "charges what the response's body and status say",
    params: cost({
      sources: [
        { type: "response_body", jsonPath: "$.usage.total" },
        { type: "response_cel", expression: "response.ResponseStatus / 100" },
        { type: "response_cel", expression: "int(response.RequestHeaders['x-add'][0])" },
      ],
    }),
    upstream: { body: '{"usage":{"total":4}}' },
    steps: [
      pass(withHeaders({ "x-add": "1" }), {
        headers: { "x-ratelimit-remaining": "3" },
        body: { usage: { total: 4 } },
      }),
      pass("/", left(0)),
      stop(),
    ],
  },
];

const failed = { countWhen: { statuses: [401] } };

const occasions: Case[] = [
  {
    name: "limits failed authentications: those that another policy refuses",
    chain: [
      { name: "advanced-ratelimit", version: "v1", params: one(failed) },
      {
        name: "basic-auth",
        version: "v1",
        params: { username: "ada", password: "secret" },
      },
    ],
    steps: [
      pass(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
      pass(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
      ask("/", { status: 401 }),
      stop(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
    ],
  },
  {
    name: "counts only those that end as it says",
    params: one({ countWhen: { statuses: [404] } }),
    upstream: { status: 500 },
    steps: [ask("/", { status: 500 }), ask("/", { status: 500 })],
  },
  {
    name: "counts only callers that nobody knows",
    chain: [
      {
        name: "basic-auth",
        version: "v1",
        params: { username: "ada", password: "secret", allowUnauthenticated: true },
      },
      {
        name: "advanced-ratelimit",
        version: "v1",
        params: one({ countWhen: { identity: "anonymous" } }),
      },
    ],
    steps: [
      pass(),
      stop(),
      pass(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
      pass(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
    ],
  },
  {
    name: "counts by caller and by what a policy noted",
    chain: [
      {
        name: "basic-auth",
        version: "v1",
        params: { username: "ada", password: "secret", allowUnauthenticated: true },
      },
      {
        name: "advanced-ratelimit",
        version: "v1",
        params: key({ type: "consumer" }, { type: "metadata", key: "auth.success" }),
      },
    ],
    steps: [
      pass(),
      pass(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
      stop(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
      stop(),
    ],
  },
  {
    name: "a request that an earlier policy refuses takes nothing",
    chain: [
      { name: "basic-auth", version: "v1", params: { username: "ada", password: "secret" } },
      { name: "advanced-ratelimit", version: "v1", params: one() },
    ],
    steps: [
      ask("/", { status: 401 }),
      ask("/", { status: 401 }),
      pass(withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" })),
    ],
  },
  {
    name: "two policies in one chain announce the stricter and all of their quotas",
    chain: [
      { name: "advanced-ratelimit", version: "v1", params: one({ name: "first" }) },
      {
        name: "advanced-ratelimit",
        version: "v1",
        params: { quotas: [{ name: "second", limits: [limit(5)] }] },
      },
    ],
    steps: [
      pass("/", {
        headers: {
          "x-ratelimit-limit": "1",
          "ratelimit-policy": '"first";q=1;w=31536000, "second";q=5;w=31536000',
        },
      }),
    ],
  },
  {
    name: "the same policy twice counts twice, each by itself",
    chain: [
      { name: "advanced-ratelimit", version: "v1", params: { quotas: [{ limits: [limit(2)] }] } },
      { name: "advanced-ratelimit", version: "v1", params: { quotas: [{ limits: [limit(2)] }] } },
    ],
    steps: [pass(), pass(), stop()],
  },
];

const answers: Case[] = [
  {
    name: "answers what it is told to",
    params: {
      ...one(),
      onRateLimitExceeded: { statusCode: 503, body: "Slow down", bodyFormat: "plain" },
    },
    steps: [
      pass(),
      ask("/", { status: 503, headers: { "content-type": "text/plain" }, body: "Slow down" }),
    ],
  },
];

const wrong: [string, object, RegExp][] = [
  [
    "a duration",
    { quotas: [{ limits: [{ limit: 1, duration: "1 minute" }] }] },
    /duration: expected/,
  ],
  ["no time", { quotas: [{ limits: [{ limit: 1, duration: "0s" }] }] }, /duration: expected/],
  ["less than no time", { quotas: [{ limits: [{ limit: 1, duration: "-1m" }] }] }, /duration: exp/],
  [
    "a limit of nothing",
    { quotas: [{ limits: [{ limit: 0, duration: "1m" }] }] },
    /limit: expected/,
  ],
  ["a pattern", key({ type: "header", key: "a", match: { value: "(" } }), /match\.value: /],
  ["a header without a name", key({ type: "header" }), /keyExtraction\[0\]\.key: expected a name/],
  ["an expression", key({ type: "cel", expression: "request.Pth" }), /keyExtraction\[0\]\.expr/],
  ["a path", cost({ sources: [{ type: "request_body", jsonPath: "items" }] }), /jsonPath: /],
  ["a text as cost", cost({ sources: [{ type: "request_cel", expression: "'a'" }] }), /a number/],
  ["a queue of a window", { quotas: [{ limits: [limit(1, { queue: 1 })] }] }, /has no queue/],
  ["no sources", cost({}), /sources: expected at least one/],
  ["shared counters", { ...one(), backend: "redis" }, /backend: expected memory, found redis/],
];

const refused: Case[] = wrong.map(([what, params, log]) => ({
  name: `refuses to be configured with ${what}`,
  params,
  request: { path: "/" },
  expect: { status: 500, upstream: null, logs: [log] },
}));

export const cases: Case[] = [...counting, ...keys, ...costs, ...occasions, ...answers, ...refused];
