import type { Case, CaseRequest } from "sluice/cases";

type Request = CaseRequest["request"];

const params = {
  maxBodyBytes: 200,
  maxDepth: 3,
  maxPropertyCount: 3,
  maxKeyLength: 8,
  maxStringLength: 12,
  maxArrayElementCount: 3,
};
const post = (body: string | string[], type: string | null = "application/json"): Request => ({
  method: "POST",
  path: "/",
  headers: type === null ? {} : { "content-type": type },
  body,
});
const refused = (message: string, status = 400) => ({
  status,
  body: { error: status === 413 ? "Payload Too Large" : "Bad Request", message },
  upstream: null,
});
const has = (what: string) => refused(`The request body has ${what}`);

export const cases: Case[] = [
  ...(
    [
      ["an object at every limit", '{"aaaa":[1,2,["123456789012"]],"b":{},"c":null}'],
      ["a text alone", '"hello"'],
      ["a number alone", "-0.5e+9"],
      ["space around", ' \r\n\t[ 1 , {"a" : true} ] '],
      ["a pair of surrogates", '"\\ud83d\\ude00"'],
    ] as const
  ).map(([what, body]): Case => ({
    name: `lets ${what} through, unchanged`,
    params,
    request: post(body),
    expect: { status: 200, upstream: { body } },
  })),
  ...(
    [
      ["too deep", "[[[[1]]]]", "too many levels at byte 3"],
      ["too many members", '{"a":1,"b":2,"c":3,"d":4}', "too many members at byte 19"],
      ["a key too long", '{"aaaaaaaaa":1}', "a key too long at byte 1"],
      ["a text too long", '["1234567890123"]', "a string too long at byte 1"],
      ["too many items", "[1,2,3,4]", "too many items at byte 7"],
      ["a key twice", '{"a":1,"a":2}', "a key that stands twice in its object at byte 7"],
      [
        "a key twice, once escaped",
        '{"a":1,"\\u0061":2}',
        "a key that stands twice in its object at byte 7",
      ],
      ["something behind", "{}{}", "something after the value at byte 2"],
      ["no end", '{"a":', "the end instead of a value at byte 5"],
      ["a byte-order mark", "\ufeff{}", "a byte-order mark at byte 0"],
      ["half a pair of surrogates", '"\\ud83d"', "a string that is not valid at byte 0"],
      ["a comment", "[1/**/]", "no comma and no end after a value at byte 2"],
      ["NaN", "NaN", "something that is not a value at byte 0"],
      ["nothing but space", "  ", "the end instead of a value at byte 2"],
    ] as const
  ).map(([what, body, message]): Case => ({
    name: `refuses ${what}`,
    params,
    request: post(body),
    expect: has(message),
  })),
  {
    name: "refuses at once what announces too many bytes",
    params,
    request: post(JSON.stringify("x".repeat(300))),
    expect: refused("The request body is larger than 200 bytes", 413),
  },
  {
    name: "refuses too many bytes that come without a length",
    params,
    request: post(['["', "x".repeat(150), "x".repeat(150), '"]']),
    expect: refused("The request body is larger than 200 bytes", 413),
  },
  {
    name: "sees what is spread over pieces, and lets none of it up before",
    example: true,
    params,
    request: post(["[[", "[", "[1]]]]"]),
    expect: has("too many levels at byte 3"),
  },
  {
    name: "looks at a body without a type",
    params,
    request: post("[[[[1]]]]", null),
    expect: has("too many levels at byte 3"),
  },
  ...["Application/Problem+JSON; charset=utf-8", "text/json", "application/x-json5"].map(
    (type): Case => ({
      name: `looks at a body of the type ${type}`,
      params,
      request: post("[[[[1]]]]", type),
      expect: { status: 400 },
    }),
  ),
  {
    name: "leaves other types alone",
    params,
    request: post("a=[[[[1", "application/x-www-form-urlencoded"),
    expect: { status: 200, upstream: { body: "a=[[[[1" } },
  },
  {
    name: "looks at every type if told to",
    params: { ...params, contentTypes: "any" },
    request: post("a=[[[[1", "application/x-www-form-urlencoded"),
    expect: { status: 400 },
  },
  {
    name: "lets a key stand twice if told to",
    params: { ...params, allowDuplicateKeys: true },
    request: post('{"a":1,"a":2}'),
    expect: { status: 200 },
  },
  {
    name: "lets a number at its limit through",
    params: { maxNumberLength: 8 },
    request: post('{"a":-1.5e+10,"b":[12345678,true,null]}'),
    expect: { status: 200 },
  },
  {
    name: "refuses a number with too many digits",
    params: { maxNumberLength: 8 },
    request: post('{"a":[1,123456789]}'),
    expect: has("a number too long at byte 8"),
  },
  {
    name: "refuses a number of 100,000 digits with its defaults",
    params: {},
    request: post(`{"a":${"9".repeat(100_000)}}`),
    expect: has("a number too long at byte 5"),
  },
  {
    name: "does not let a compressed body hide what is in it",
    params,
    request: {
      ...post("anything"),
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
    },
    expect: { status: 415, upstream: null },
  },
  {
    name: "lets a request without a body through",
    params,
    request: { path: "/", headers: { "content-type": "application/json" } },
    expect: { status: 200 },
  },
  {
    name: "takes a usual body with its defaults",
    params: {},
    request: post(
      JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ id: i, name: "a name" }))),
    ),
    expect: { status: 200 },
  },
  {
    name: "stops at the first bracket that is too deep",
    params: {},
    request: post("[".repeat(15_000)),
    expect: has("too many levels at byte 32"),
  },
];
