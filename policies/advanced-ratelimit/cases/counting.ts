/** What is counted, how, and what is said of it. */
import type { Case, CaseRequest } from "sluice/cases";
import { limit, one, pass, post, stop, withHeaders } from "./steps.ts";

export const counting: Case[] = [
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
      { advanceMs: 60_000 },
      pass("/", { headers: { "x-ratelimit-remaining": "2" } }),
    ],
  },
  {
    name: "a quota counts in its own way, whatever the gateway's is",
    params: {
      algorithm: "leaky-bucket",
      quotas: [{ algorithm: "fixed-window", limits: [limit(2)] }],
    },
    steps: [pass(), pass(), stop()],
  },
  {
    name: "gcra paces what comes after the burst",
    params: {
      algorithm: "gcra",
      quotas: [{ limits: [{ limit: 1, duration: "2s", burst: 1 }] }],
    },
    steps: [pass(), stop(), { advanceMs: 2_000 }, pass(), stop()],
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
