/** What a request counts for. */
import type { Case } from "sluice/cases";
import { apiKey, ask, cost, left, pass, post, stop, withHeaders } from "./steps.ts";

export const costs: Case[] = [
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
  ...["request_metadata", "response_metadata"].map((type): Case => ({
    name: `counts what policies note, by ${type}`,
    chain: {
      api: { name: "pets", version: "v1.0", context: "/pets", kind: "RestApi" },
      policies: [
        apiKey.link,
        {
          name: "advanced-ratelimit",
          version: "v1",
          params: cost({ sources: [{ type, key: "x-wso2-application-id" }] }),
        },
      ],
    },
    feed: apiKey.feed,
    steps: [pass(withHeaders(apiKey.headers), left(3))],
  })),
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
