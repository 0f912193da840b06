import { misconfigured, type Case } from "sluice/cases";

const to = (location: string, status = 302): Case["expect"] => ({
  status,
  headers: { location },
  body: "",
  upstream: null,
});
const at = (host: string) => ({ path: "/pets/7?sort=age&all", headers: { ":authority": host } });

/** An API with the context /shop, and one operation of it. */
const operation = (path: string, params: object): Pick<Case, "routes"> => ({
  routes: [
    {
      name: `shop/GET ${path}@0`,
      chain: {
        api: { name: "shop", version: "v1.0", context: "/shop", kind: "RestApi" },
        policies: [{ name: "redirect", version: "v0", params }],
      },
    },
  ],
});
const moved = { path: { mode: "prefix", value: "/store/v2" } };

export const cases: Case[] = [
  {
    name: "sends the client to another host, with the path, the query and the port",
    example: true,
    params: { hostname: "pets.example" },
    request: at("old.example:8080"),
    expect: to("http://pets.example:8080/pets/7?sort=age&all"),
  },
  {
    name: "drops the port together with the scheme",
    example: true,
    params: { scheme: "https", statusCode: 301 },
    request: at("old.example:8080"),
    expect: to("https://old.example/pets/7?sort=age&all", 301),
  },
  {
    name: "keeps the port with the scheme that the request came by",
    params: { scheme: "http" },
    request: at("old.example:8080"),
    expect: to("http://old.example:8080/pets/7?sort=age&all"),
  },
  {
    name: "sends the client to another port",
    params: { port: 8443, scheme: "https" },
    request: at("old.example"),
    expect: to("https://old.example:8443/pets/7?sort=age&all"),
  },
  {
    name: "does not write the port that a scheme has anyway",
    params: { port: 443, scheme: "https" },
    request: at("old.example:8080"),
    expect: to("https://old.example/pets/7?sort=age&all"),
  },
  {
    name: "knows an IPv6 address from a port",
    params: { statusCode: 308 },
    request: at("[::1]"),
    expect: to("http://[::1]/pets/7?sort=age&all", 308),
  },
  {
    name: "replaces the whole path and keeps the query",
    params: { path: { mode: "full", value: "/gone" } },
    request: at("old.example"),
    expect: to("http://old.example/gone?sort=age&all"),
  },
  ...(
    [
      ["what a wildcard leaves", "/old/*", "/shop/old/a/b?q=1", "/store/v2/a/b?q=1"],
      ["nothing behind a wildcard", "/old/*", "/shop/old", "/store/v2"],
      ["a parameter's value", "/pets/{id}/toys", "/shop/pets/7/toys", "/store/v2/7/toys"],
      ["nothing of a literal path", "/old", "/shop/old?q=1", "/store/v2?q=1"],
    ] as const
  ).map(([what, path, sent, expected]): Case => ({
    name: `replaces the operation's prefix and keeps ${what}`,
    ...operation(path, moved),
    request: { path: sent, headers: { ":authority": "h" } },
    expect: to(`http://h${expected}`),
  })),
  {
    name: "puts one slash between the new prefix and the rest",
    ...operation("/*", { path: { mode: "prefix", value: "/" } }),
    request: { path: "/shop/a", headers: { ":authority": "h" } },
    expect: to("http://h/a"),
  },
  {
    name: "stays on its host whatever the path looks like",
    params: {},
    request: { path: "/@evil.example/", headers: { ":authority": "h" } },
    expect: to("http://h/@evil.example/"),
  },
  ...misconfigured([["a status that leads nowhere", { statusCode: 304 }, /statusCode: expected/]]),
];
