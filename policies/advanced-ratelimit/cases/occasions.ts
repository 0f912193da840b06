/** When a request counts, the policy more than once in a chain, and what is answered. */
import type { Case } from "sluice/cases";
import { ask, limit, one, pass, stop } from "./steps.ts";

export const occasions: Case[] = [
  {
    name: "limits what went wrong, once it has",
    params: one({ countWhen: { statuses: [401] } }),
    upstream: { status: 401 },
    steps: [ask("/", { status: 401 }), stop()],
  },
  {
    name: "counts only those that end as it says",
    params: one({ countWhen: { statuses: [404] } }),
    upstream: { status: 500 },
    steps: [ask("/", { status: 500 }), ask("/", { status: 500 })],
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

export const answers: Case[] = [
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
