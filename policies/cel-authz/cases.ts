import { misconfigured, type Case } from "sluice/cases";

const basic = (user: string, more: Record<string, string> = {}) => ({
  authorization: `Basic ${Buffer.from(`${user}:word`).toString("base64")}`,
  ...more,
});

/** Who calls is found out by basic-auth; what the caller may do is this policy's. */
const chain = (params: object, user = "ada") => ({
  api: { name: "shop", version: "v1", context: "/shop", kind: "RestApi" },
  policies: [
    {
      name: "basic-auth",
      version: "v1",
      params: { username: user, password: "word", allowUnauthenticated: true },
    },
    { name: "cel-authz", version: "v1", params },
  ],
});
const refused = {
  status: 403,
  body: { error: "Forbidden", message: "Access denied" },
  upstream: null,
};
const passes = { status: 200 };
const own = { expression: "path.id == auth.Subject", path: "/users/{id}/*" };

export const cases: Case[] = [
  ...(
    [
      ["the caller's own id", "/shop/users/ada/orders", "ada", passes],
      ["the caller's own id, encoded", "/shop/users/%61da/orders?x=/users/bob", "ada", passes],
      ["another's id", "/shop/users/bob/orders", "ada", refused],
      ["another's id, the own behind it", "/shop/users/bob/ada", "ada", refused],
      ["an id that begins like the own", "/shop/users/ada2/orders", "ada", refused],
      ["the own id in another case", "/shop/users/Ada/orders", "ada", refused],
      [
        "the own id and a parameter that some servers drop",
        "/shop/users/ada;x/orders",
        "ada",
        refused,
      ],
      ["an empty id", "/shop/users//orders", "ada", refused],
      ["another path", "/shop/accounts/ada/orders", "ada", refused],
      ["a path that is too short", "/shop/users", "ada", refused],
      ["nobody", "/shop/users/ada/orders", null, refused],
      ["an id that is what nobody would be", "/shop/users//orders", null, refused],
    ] as const
  ).map(([what, path, user, expect]): Case => ({
    name: `decides on ${what}`,
    chain: chain(own),
    request: { path, headers: user === null ? {} : basic(user) },
    expect,
  })),
  {
    name: "decides on an encoding that is broken",
    chain: chain(own),
    request: { path: "/shop/users/%a/orders", headers: basic("ada") },
    expect: refused,
    only: {
      runner: "simulator",
      because: "the gateway's listener refuses such a path before any policy",
    },
  },
  {
    name: "takes the names from the operation's own path",
    example: true,
    routes: [
      { name: "shop/GET /users/{id}@0123456789ab", chain: chain({ expression: own.expression }) },
    ],
    steps: [
      { request: { path: "/shop/users/ada", headers: basic("ada") }, expect: passes },
      { request: { path: "/shop/users/bob", headers: basic("ada") }, expect: refused },
    ],
  },
  ...(
    [
      [
        "the method and a header",
        "request.Method == 'GET' && request.Headers['x-tenant'][0] == 'a'",
        passes,
      ],
      ["a header of several", "request.Headers['x-tenant'].exists(t, t == 'b')", refused],
      ["a header that is not there", "request.Headers['x-other'][0] != 'b'", refused],
      ["the query", "request.Query['q'] == ['1', '2']", passes],
      ["the path", "request.Path.startsWith('/shop/')", passes],
      ["the caller's kind", "auth.AuthType == 'basic' && auth.Authenticated", passes],
      ["a scope that the caller does not have", "'admin' in auth.Scopes", refused],
      ["a claim that the caller does not have", "auth.Properties.role == 'admin'", refused],
      [
        "what the caller does not have, said the other way",
        "auth.Properties.role != 'guest'",
        refused,
      ],
      ["what another policy noted", "request.Metadata['auth.success'] == 'true'", passes],
      ["the API", "api.Name == 'shop' && api.Version == 'v1'", passes],
      ["the host", "request.Host == 'pets.example'", passes],
      ["the scheme", "request.Scheme == 'http'", passes],
      ["the client's address, without its port", "source.Address == '127.0.0.1'", passes],
      ["the names of the headers", "request.Headers.exists(name, name == 'x-tenant')", passes],
      ["a header of another name", "request.Headers.exists(name, name == 'x-other')", refused],
      ["an issuer that the caller does not have", "auth.Issuer != 'evil'", refused],
      ["an audience that the caller does not have", "'pets' in auth.Audience", refused],
      ["a group that the caller does not have", "'admins' in auth.Groups", refused],
      ["an error that a part hides", "true || path.id == 'x'", passes],
    ] as const
  ).map(([what, expression, expect]): Case => ({
    name: `decides by ${what}`,
    chain: chain({ expression }),
    request: {
      path: "/shop/pets?q=1&r=3&q=2",
      headers: basic("ada", { "x-tenant": "a", host: "pets.example" }),
    },
    expect,
  })),
  {
    name: "says what it was told to say",
    params: { expression: "false", status: 404, message: "Nothing here" },
    request: { path: "/" },
    expect: { status: 404, body: { error: "Not Found", message: "Nothing here" } },
  },
  {
    name: "logs why it could not decide",
    params: { expression: "path.id == 'x'" },
    request: { path: "/" },
    expect: { status: 403, logs: [/cel-authz.*refused, because the expression/] },
  },
  ...misconfigured([
    ["an expression that is none", { expression: "request.path ==" }, /expression: /],
    [
      "an expression that decides nothing",
      { expression: "1 + 1" },
      /expected a value that is true or false, found int/,
    ],
    [
      "a place that stands twice in the path",
      { ...own, path: "/{id}/{id}" },
      /\{id\} stands in it twice/,
    ],
    ["half a segment", { ...own, path: "/a{id}" }, /expected whole segments such as \{id\}/],
  ]),
];
