import type { Case } from "sluice/cases";

/** The gateway has such routes for the definitions `blue` and `green`, and last the API's own. */
const choosing = (params: object): Pick<Case, "routes"> => ({
  routes: ["blue", "green", null].map((definition) => ({
    ...(definition && { match: { headers: { "x-target-upstream": definition } } }),
    name: "shop/POST /*@0",
    chain: { policies: [{ name: "dynamic-endpoint", version: "v1", params }] },
    upstream: { body: definition ?? "main" },
  })),
});
const from = (body: string): Case["expect"] => ({ status: 200, body });
const post = (body: string, headers: Record<string, string> = {}) => ({
  method: "POST",
  path: "/orders",
  headers,
  body,
});

const beta = { condition: "'x-beta' in request.Headers", targetUpstream: "green" };
const large = { condition: "request.Body.Content.contains('large')", targetUpstream: "green" };
const region = {
  jsonPath: "$.order.region",
  values: [
    { value: "eu", targetUpstream: "blue" },
    { value: "7", targetUpstream: "green" },
  ],
};

export const cases: Case[] = [
  {
    name: "sends every request to one definition",
    ...choosing({ targetUpstream: "blue" }),
    request: { path: "/" },
    expect: from("blue"),
  },
  {
    name: "sends a request where the first rule that holds says",
    example: true,
    ...choosing({ rules: [beta, { condition: "true", targetUpstream: "blue" }] }),
    request: { path: "/", headers: { "x-beta": "1" } },
    expect: from("green"),
  },
  {
    name: "takes the target where no rule holds",
    ...choosing({ rules: [beta], targetUpstream: "blue" }),
    request: { path: "/" },
    expect: from("blue"),
  },
  {
    name: "leaves a request where the API sends it if nothing chooses",
    ...choosing({ rules: [beta] }),
    request: { path: "/" },
    expect: from("main"),
  },
  {
    name: "ends a request whose rule cannot be evaluated",
    ...choosing({
      rules: [{ condition: "request.Headers['x-beta'][0] == '1'", targetUpstream: "green" }],
    }),
    request: { path: "/" },
    expect: { status: 500, upstream: null },
  },
  {
    name: "lets an expression see the body",
    ...choosing({ rules: [large] }),
    request: post('{"size":"large"}'),
    expect: from("green"),
  },
  ...(
    [
      ["a string", '{"order":{"region":"eu"}}', "blue"],
      ["a number as it is written", '{"order":{"region":7}}', "green"],
      ["no value of the list", '{"order":{"region":"us"}}', "main"],
      ["no such member", '{"order":[]}', "main"],
      ["a body that is no JSON", "{region:eu", "main"],
      ["no body", "", "main"],
    ] as const
  ).map(([what, body, upstream]): Case => ({
    name: `chooses ${upstream} by ${what}`,
    ...choosing({ content: region }),
    request: post(body),
    expect: from(upstream),
  })),
  {
    name: "asks the rules before the body",
    ...choosing({ rules: [beta], content: region }),
    request: post('{"order":{"region":"eu"}}', { "x-beta": "1" }),
    expect: from("green"),
  },
];
