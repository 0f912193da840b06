import { misconfigured, type Case, type CaseRequest } from "sluice/cases";

type Request = CaseRequest["request"];

const order = {
  type: "object",
  required: ["id", "lines"],
  additionalProperties: false,
  properties: {
    id: { type: "string", pattern: "^[A-Z]{2}\\d+$" },
    lines: {
      type: "array",
      minItems: 1,
      maxItems: 3,
      items: {
        type: "object",
        required: ["price"],
        properties: { price: { type: "number", exclusiveMinimum: 0, multipleOf: 0.01 } },
      },
    },
    note: { type: "string", maxLength: 5 },
  },
};
const params = { body: { schema: order } };
const post = (body: unknown, type: string | null = "application/json"): Request => ({
  method: "POST",
  path: "/",
  headers: type === null ? {} : { "content-type": type },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const refused = (message: string, status = 400, error = "Bad Request") => ({
  status,
  body: { error, message },
  upstream: null,
});
const line = { price: 0.07 };
const valid = { id: "AB1", lines: [line] };
const passes = { status: 200 };

const bodies: Case[] = [
  {
    name: "lets a body that is as the schema wants it through, byte for byte",
    params,
    request: post(' {"id":"AB1", "lines":[{"price":1.10}]} '),
    expect: { status: 200, upstream: { body: ' {"id":"AB1", "lines":[{"price":1.10}]} ' } },
  },
  ...(
    [
      ["what is missing", { id: "AB1" }, 'body must have "lines"'],
      ["another type", [], "body must be of type object"],
      ["what is not allowed", { ...valid, x: 1 }, "body/x is not allowed"],
      ["a pattern", { ...valid, id: "ab1" }, "body/id must match the pattern ^[A-Z]{2}\\d+$"],
      ["too few items", { ...valid, lines: [] }, "body/lines must have 1 to 3 items"],
      [
        "a number deep inside",
        { ...valid, lines: [line, { price: 0 }] },
        "body/lines/1/price must be more than 0",
      ],
      [
        "a fraction too fine",
        { ...valid, lines: [{ price: 0.075 }] },
        "body/lines/0/price must be a multiple of 0.01",
      ],
      [
        "a text of six characters in 24 bytes",
        { ...valid, note: "😀😀😀😀😀😀" },
        "body/note must have at most 5 characters",
      ],
      ["what is no JSON", "{id:1}", "body has no key in quotes at byte 1"],
      [
        "a key twice",
        '{"id":"AB1","id":1,"lines":[]}',
        "body has a key that stands twice in its object at byte 12",
      ],
    ] as const
  ).map(([what, body, message]): Case => ({
    name: `refuses a body for ${what}`,
    params,
    request: post(body),
    expect: refused(message),
  })),
  {
    name: "asks for a body where the method has one",
    params,
    request: { method: "POST", path: "/" },
    expect: refused("body is required"),
  },
  {
    name: "asks for none if told so, and none of a GET",
    params: { body: { schema: order, required: false } },
    steps: [
      { request: { method: "PUT", path: "/" }, expect: passes },
      { params },
      { request: { path: "/" }, expect: passes },
    ],
  },
  ...(["text/plain", "application/jsonx", "", null] as const).map((type): Case => ({
    name: `refuses a body of the type ${type ?? "that nobody named"}`,
    params,
    request: post(valid, type),
    expect: {
      status: 415,
      body: {
        error: "Unsupported Media Type",
        message: "The request body must be of the type application/json or application/*+json",
      },
      upstream: null,
    },
  })),
  ...["Application/JSON ; charset=utf-8", "application/problem+json"].map((type): Case => ({
    name: `takes a body of the type ${type}`,
    params,
    request: post(valid, type),
    expect: passes,
  })),
  {
    name: "reads a body of any type that is allowed as JSON",
    params: { body: { schema: order, contentTypes: ["*/*"] } },
    request: post("id=1", "application/x-www-form-urlencoded"),
    expect: { status: 400, upstream: null },
  },
  {
    name: "holds types, size and depth without a schema too",
    params: { body: { contentTypes: ["application/json", "text/csv"], maxBytes: 20, maxDepth: 2 } },
    steps: [
      { request: post("a,b", "text/csv"), expect: passes },
      { request: post("a,b", "text/html"), expect: { status: 415 } },
      { request: post("[[1]]"), expect: passes },
      { request: post("[[[1]]]"), expect: refused("body has too many levels at byte 2") },
      {
        request: post(JSON.stringify("x".repeat(19))),
        expect: refused("The request body is larger than 20 bytes", 413, "Payload Too Large"),
      },
      {
        request: { ...post(""), body: ['"', "x".repeat(30), '"'] },
        expect: { status: 413, upstream: null },
      },
    ],
  },
  {
    name: "does not let a compressed body hide what is in it",
    params,
    request: {
      ...post(valid),
      headers: { "content-type": "application/json", "content-encoding": "br" },
    },
    expect: { status: 415, upstream: null },
  },
  {
    name: "says what it was told to say",
    params: { ...params, status: 422, message: "No" },
    request: post({}),
    expect: refused("No", 422, "Unprocessable Entity"),
  },
];

const query = {
  query: {
    schema: {
      required: ["limit"],
      additionalProperties: false,
      properties: {
        limit: { type: "integer", minimum: 1, maximum: 100 },
        tag: { type: "array", items: { type: "string" }, maxItems: 2 },
        deep: { type: "boolean" },
        q: { type: "string", maxLength: 3 },
      },
    },
  },
};
const queries = (
  [
    ["lets what it wants through", "limit=10&tag=a&tag=b&deep=true&q=%C3%A4+b", null],
    ["takes one value for a list", "limit=1&tag=a", null],
    ["refuses a missing one", "", 'query must have "limit"'],
    ["refuses a number out of range", "limit=1000", "query/limit must be at most 100"],
    ["refuses what is no number", "limit=1e", "query/limit must be of type integer"],
    ["refuses one that comes twice", "limit=1&limit=1000", "query/limit must be of type integer"],
    [
      "sees one behind another way to write it",
      "limit=1&%6cimit=1000",
      "query/limit must be of type integer",
    ],
    ["refuses one that is not known", "limit=1&x=1", "query/x is not allowed"],
    [
      "refuses too many of a list",
      "limit=1&tag=a&tag=b&tag=c",
      "query/tag must have at most 2 items",
    ],
    [
      "does not read a text as a number",
      "limit=1&q=1234",
      "query/q must have at most 3 characters",
    ],
    [
      "refuses an encoding that is broken",
      "limit=1&q=%zz",
      "The query is not valid or has more than 256 parameters",
    ],
    [
      "refuses a flood",
      `limit=1${"&tag=a".repeat(256)}`,
      "The query is not valid or has more than 256 parameters",
    ],
    ["does not let a value break out of its quotes", "limit=1&q=%22%2C%22", null],
  ] as const
).map(([name, text, message]): Case => ({
  name: `of a query, ${name}`,
  params: query,
  request: { path: `/?${text}` },
  expect: message === null ? passes : refused(message),
}));

const headers: Case[] = [
  {
    name: "lets through and refuses by headers, names in any case",
    example: true,
    params: {
      headers: {
        schema: {
          required: ["x-count"],
          properties: { "x-count": { type: "integer", minimum: 2 } },
        },
      },
    },
    steps: [
      { request: { path: "/", headers: { "X-Count": "2" } }, expect: passes },
      {
        request: { path: "/", headers: { "x-count": "1" } },
        expect: refused("headers/x-count must be at least 2"),
      },
      { request: { path: "/" }, expect: refused('headers must have "x-count"') },
    ],
  },
];

const schemas: Case[] = [
  {
    name: "reads draft-7 where $schema says so",
    params: {
      body: {
        schema: {
          $schema: "http://json-schema.org/draft-07/schema#",
          items: [{ type: "string" }, { type: "number" }],
          additionalItems: false,
        },
      },
    },
    steps: [
      { request: post(["a", 1]), expect: passes },
      { request: post(["a", 1, 2]), expect: refused("body/2 is not allowed") },
    ],
  },
  {
    name: "follows references to documents that were given, round in circles too",
    example: true,
    params: {
      body: { schema: { $ref: "https://schemas.example/tree" } },
      documents: {
        "https://schemas.example/tree": {
          type: "object",
          properties: { children: { type: "array", items: { $ref: "#" } } },
          unevaluatedProperties: false,
        },
      },
    },
    steps: [
      { request: post({ children: [{ children: [] }] }), expect: passes },
      {
        request: post({ children: [{ child: [] }] }),
        expect: refused("body/children/0/child is not allowed"),
      },
    ],
  },
  {
    name: "stops where the alternatives multiply, and lets nothing through",
    params: {
      body: {
        schema: {
          anyOf: [{ $ref: "#/$defs/again" }, { $ref: "#/$defs/again" }],
          $defs: { again: { properties: { a: { $ref: "#" } }, allOf: [{ required: ["b"] }] } },
        },
      },
    },
    request: post(`${'{"a":'.repeat(30)}1${"}".repeat(30)}`),
    expect: refused("body takes too much work to check"),
  },
];

const unconfigurable: Case[] = misconfigured([
  ["nothing to check", {}, /at least one of: body, query, headers/],
  ["a body's schema that is none", { body: { schema: { type: "text" } } }, /body\.schema: /],
  [
    "a query's schema that is none",
    { query: { schema: { properties: { a: { pattern: "(" } } } } },
    /query\.schema: /,
  ],
  [
    "a header in capitals",
    { headers: { schema: { properties: { "X-A": { type: "string" } } } } },
    /header names are in lower case/,
  ],
]);

export const cases: Case[] = [...bodies, ...queries, ...headers, ...schemas, ...unconfigurable];
