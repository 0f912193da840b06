import type { Case } from "sluice/cases";

const json = { "content-type": "application/json" };
const post = (body: string, headers: Record<string, string> = json) => ({
  method: "POST",
  path: "/",
  headers,
  body,
});
const sends = (body: string): Case["expect"] => ({ status: 200, upstream: { body } });
const refused = (status: number, message: RegExp | string): Case["expect"] => ({
  status,
  body: typeof message === "string" ? new RegExp(message) : message,
  upstream: null,
});

const steps: [what: string, side: object, sent: string, made: string][] = [
  ["picks members", { pick: ["a", "c"] }, '{"a":1, "b":2,"c":{"b":3}}', '{"a":1, "c":{"b":3}}'],
  [
    "picks members of each object in a list",
    { pick: ["a"] },
    '[{"a":1,"b":2},{"b":2},3]',
    '[{"a":1},{},3]',
  ],
  [
    "drops what paths name",
    { drop: ["$.password", "$.items[*].cost"] },
    '{"password":"x","items":[{"cost":1,"id":2},{"cost":3}]}',
    '{"items":[{"id":2},{}]}',
  ],
  [
    "drops at any depth",
    { drop: ["$..secret"] },
    '{"secret":{"secret":1},"a":[{"secret":2}]}',
    '{"a":[{}]}',
  ],
  [
    "renames members",
    { rename: [{ path: "$.user.name", to: "fullName" }] },
    '{"user":{"name":"Ada","id":1}}',
    '{"user":{"fullName":"Ada","id":1}}',
  ],
  [
    "masks values of every kind but null",
    { mask: [{ path: "$..card", keepLast: 4 }] },
    '[{"card":"4111111111111111"},{"card":4111111111111111},{"card":null},{"card":["x"]},{"card":"ab"}]',
    '[{"card":"*****1111"},{"card":"*****1111"},{"card":null},{"card":"*****"},{"card":"*****b"}]',
  ],
  [
    "masks with a text of its own, and keeps characters whole",
    { mask: [{ path: "$.a", keepLast: 3, with: "#" }] },
    '{"a":"xxxxx\u{1F600}ab"}',
    '{"a":"#ab"}',
  ],
  [
    "fills a template with values",
    { template: '{"id":"${$.user.id}","tags":"${$.tags}","none":"${$.x}","kept":[1,"${"]}' },
    '{"user":{"id":7},"tags":["a"]}',
    '{"id":7,"tags":["a"],"none":null,"kept":[1,"${"]}',
  ],
  [
    "fills texts of a template",
    { template: '{"greeting":"Hello ${$.name}, you are ${$.age}${$.x}"}' },
    '{"name":"Ada","age":36}',
    '{"greeting":"Hello Ada, you are 36"}',
  ],
  ["fills a template that is one value", { template: '"${$.data}"' }, '{"data":[1]}', "[1]"],
  [
    "runs its steps in their order",
    {
      pick: ["user"],
      drop: ["$.user.password"],
      rename: [{ path: "$.user.mail", to: "contact" }],
      mask: [{ path: "$.user.contact", keepLast: 2 }],
      template: '{"u":"${$.user}"}',
    },
    '{"user":{"mail":"ada@x.io","password":"p"},"other":1}',
    '{"u":{"contact":"*****io"}}',
  ],
  [
    "leaves what no step names byte for byte",
    { drop: ["$.z"] },
    '{ "a" : 1e400 , "b":"\\u0061" }',
    '{ "a" : 1e400 , "b":"\\u0061" }',
  ],
];

export const cases: Case[] = [
  ...steps.map(([what, request, sent, made]): Case => ({
    name: what,
    params: { request },
    request: post(sent),
    expect: sends(made),
  })),
  {
    name: "puts a value into a template as a value, whatever is in it",
    params: { request: { template: '{"user":"${$.n}","say":"hi ${$.n}","admin":false}' } },
    request: post(JSON.stringify({ n: '","admin":true,"x":"${$.n}' })),
    expect: sends(
      JSON.stringify({
        user: '","admin":true,"x":"${$.n}',
        say: 'hi ","admin":true,"x":"${$.n}',
        admin: false,
      }),
    ),
  },
  {
    name: "refuses a key that stands twice, of which one could slip through",
    params: { request: { drop: ["$.role"] } },
    request: post('{"role":"user","r\\u006fle":"admin"}'),
    expect: refused(400, "The body cannot be read as JSON"),
  },
  {
    name: "refuses a new key that is there already",
    params: { request: { rename: [{ path: "$.a", to: "owner" }] } },
    request: post('{"a":1,"owner":2}'),
    expect: refused(400, "The body cannot be read as JSON"),
  },
  {
    name: "refuses a body that is broken",
    params: { request: { drop: ["$.a"] } },
    request: post('{"a":1'),
    expect: refused(400, /at byte 6/),
  },
  {
    name: "refuses JSON by another name, which would not be changed",
    params: { request: { drop: ["$.role"] } },
    request: post('{"role":"admin"}', { "content-type": "text/plain" }),
    expect: refused(415, "Expected a JSON body"),
  },
  {
    name: "refuses another type where it is told to, and by default",
    params: { request: { drop: ["$.role"], otherTypes: "refuse" } },
    request: post("role=admin", { "content-type": "application/x-www-form-urlencoded" }),
    expect: refused(415, "Expected a JSON body"),
  },
  {
    name: "lets another type pass where it may",
    params: { request: { drop: ["$.role"], otherTypes: "pass" } },
    request: post("role=admin", { "content-type": "application/x-www-form-urlencoded" }),
    expect: sends("role=admin"),
  },
  {
    name: "takes a type that ends in +json, with parameters",
    params: { request: { drop: ["$.a"] } },
    request: post('{"a":1,"b":2}', { "content-type": "Application/Problem+JSON; charset=utf-8" }),
    expect: sends('{"b":2}'),
  },
  {
    name: "leaves a request without a body alone",
    params: { request: { template: "{}" } },
    request: { path: "/" },
    expect: { status: 200, upstream: { body: "" } },
  },
  {
    name: "changes the response, asks for it whole and plain, and takes away what was about the old one",
    example: true,
    params: { response: { mask: [{ path: "$.card", keepLast: 4 }], drop: ["$.cost"] } },
    upstream: {
      headers: { ...json, etag: '"1"', digest: "sha-256=x", "x-kept": "1" },
      body: '{"card":"4111111111111111","cost":7,"id":1}',
    },
    request: { path: "/", headers: { "accept-encoding": "gzip", range: "bytes=0-3" } },
    expect: {
      status: 200,
      headers: { etag: null, digest: null, "x-kept": "1", "content-length": "27" },
      body: '{"card":"*****1111","id":1}',
      upstream: { headers: { "accept-encoding": null, range: null } },
    },
  },
  {
    name: "takes every step with a response too",
    params: {
      response: {
        pick: ["user", "items"],
        rename: [{ path: "$.user.mail", to: "contact" }],
        mask: [{ path: "$.user.contact", keepLast: 2, with: "#" }],
        template: '{"of":"${$.user}"}',
      },
    },
    upstream: { headers: json, body: '{"user":{"mail":"ada@x.io"},"items":[1],"other":2}' },
    request: { path: "/" },
    expect: { status: 200, body: '{"of":{"contact":"#io"}}' },
  },
  {
    name: "changes both directions",
    example: true,
    params: { request: { drop: ["$.a"] }, response: { drop: ["$.b"] } },
    upstream: { headers: json, body: '{"a":1,"b":2}' },
    request: post('{"a":1,"b":2}'),
    expect: { status: 200, body: '{"a":1}', upstream: { body: '{"b":2}' } },
  },
  {
    name: "keeps back a response that it cannot read",
    params: { response: { drop: ["$.secret"] } },
    upstream: { headers: { ...json, "content-encoding": "gzip" }, body: "\u001f\u008b secret" },
    request: { path: "/" },
    expect: {
      status: 502,
      body: { error: "Bad Gateway", message: "The upstream sent no JSON that can be read" },
    },
  },
  {
    name: "lets a response of another type pass",
    params: { response: { drop: ["$.a"] } },
    upstream: { headers: { "content-type": "text/html" }, body: "<p>" },
    request: { path: "/" },
    expect: { status: 200, body: "<p>" },
  },
  {
    name: "lets one pass where it is told to",
    params: { response: { drop: ["$.a"], otherTypes: "pass" } },
    upstream: { headers: { "content-type": "text/plain" }, body: '{"a":1}' },
    request: { path: "/" },
    expect: { status: 200, body: '{"a":1}' },
  },
  {
    name: "keeps back a response of another type where it should",
    params: { response: { drop: ["$.a"], otherTypes: "refuse" } },
    upstream: { headers: { "content-type": "text/html" }, body: "<p>" },
    request: { path: "/" },
    expect: { status: 502 },
  },
];
