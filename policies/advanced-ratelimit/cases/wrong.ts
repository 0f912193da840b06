/** What the policy refuses to be configured with. */
import type { Case } from "sluice/cases";
import { cost, key, limit, one } from "./steps.ts";

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
  [
    "a queue in which one would wait for hours",
    {
      quotas: [{ algorithm: "gcra", limits: [{ limit: 1, duration: "1h", queue: 2 }] }],
    },
    /queue: expected a wait of a minute/,
  ],
  ["no sources", cost({}), /sources: expected at least one/],
  ...["redis", "redis-local-async"].map((backend): [string, object, RegExp] => [
    `counters in ${backend}`,
    { ...one(), backend },
    new RegExp(`backend: expected memory, found ${backend}:`),
  ]),
];

export const refused: Case[] = wrong.map(([what, params, log]) => ({
  name: `refuses to be configured with ${what}`,
  params,
  request: { path: "/" },
  expect: { status: 500, upstream: null, logs: [log] },
}));
