import { misconfigured, type Case } from "sluice/cases";

/** An operation of an API with the context /shop. */
const rewrite = (path: string, params: object): Pick<Case, "routes"> => ({
  routes: [
    {
      name: `shop/GET ${path}@0`,
      chain: {
        api: { name: "shop", version: "v1.0", context: "/shop", kind: "RestApi" },
        policies: [{ name: "request-rewrite", version: "v1", params }],
      },
    },
  ],
});
const becomes = (path: string): Case["expect"] => ({ status: 200, upstream: { path } });
const refused: Case["expect"] = {
  status: 400,
  body: { error: "Bad Request", message: "The path or query cannot be rewritten" },
  upstream: null,
};

const prefix = (value: string) => ({
  pathRewrite: { type: "ReplacePrefixMatch", replacePrefixMatch: value },
});
const full = (value: string) => ({
  pathRewrite: { type: "ReplaceFullPath", replaceFullPath: value },
});
const regex = (pattern: string, substitution: string) => ({
  pathRewrite: { type: "ReplaceRegexMatch", replaceRegexMatch: { pattern, substitution } },
});

type Row = [what: string, operation: string, params: object, sent: string, path: string];
const paths: Row[] = [
  ["replaces the operation's prefix", "/old/*", prefix("/new"), "/shop/old/a?q", "/shop/new/a?q"],
  ["keeps a parameter's value", "/old/{id}", prefix("/new/"), "/shop/old/7", "/shop/new/7"],
  ["replaces a literal path as a whole", "/old", prefix("/new"), "/shop/old", "/shop/new"],
  ["puts the prefix away", "/old/*", prefix("/"), "/shop/old/a", "/shop/a"],
  ["replaces the whole path", "/old/*", full("/x/y"), "/shop/old/a?q=1", "/shop/x/y?q=1"],
  [
    "moves groups about",
    "/*",
    regex("^/users/([^/]+)/posts/(\\d+)", "/posts/\\2/of/\\1"),
    "/shop/users/ada/posts/7/x",
    "/shop/posts/7/of/ada/x",
  ],
  ["replaces every match, in any case", "/*", regex("a", "b"), "/shop/a/A/c", "/shop/b/b/c"],
  ["never touches the context", "/*", regex("shop", "x"), "/shop/shop", "/shop/x"],
  ["sees a path that is empty as a slash", "/*", regex("^/$", "/all"), "/shop", "/shop/all"],
  [
    "leaves a path without a match as it is",
    "/*",
    regex("z", "y"),
    "/shop/a%20b?c",
    "/shop/a%20b?c",
  ],
];

const query = (...rules: object[]) => ({ queryRewrite: { rules } });
const queries: [what: string, rules: object, sent: string, query: string][] = [
  [
    "replaces every value by one",
    { action: "Replace", name: "a", value: "n" },
    "a=1&b=2&a=3",
    "a=n&b=2",
  ],
  ["replaces what is not there", { action: "Replace", name: "a", value: "n" }, "b=2", "b=2&a=n"],
  ["removes every value", { action: "Remove", name: "a" }, "a=1&b=2&%61=3", "b=2"],
  ["removes the last value and the question mark", { action: "Remove", name: "a" }, "a=1", ""],
  ["adds a value", { action: "Add", name: "a", value: "n" }, "a=1", "a=1&a=n"],
  ["appends to a value", { action: "Append", name: "a", value: "n" }, "a=1&a=2", "a=1%2Cn&a=2"],
  [
    "appends with a separator",
    { action: "Append", name: "a", value: "n", separator: "-" },
    "a=1",
    "a=1-n",
  ],
  ["appends to nothing", { action: "Append", name: "a", value: "n" }, "", "a=n"],
  [
    "replaces what matches in every value",
    { action: "ReplaceRegexMatch", name: "a", pattern: "(x)(y)", substitution: "\\2\\1" },
    "a=XYxy&b=xy&a=no",
    "a=YXyx&b=xy&a=no",
  ],
  [
    "encodes what would be a pair of its own",
    { action: "Replace", name: "a", value: "1&admin=true#" },
    "a=0",
    "a=1%26admin%3Dtrue%23",
  ],
];

export const cases: Case[] = [
  {
    name: "rewrites path, query and method",
    example: true,
    params: {
      pathRewrite: {
        type: "ReplaceRegexMatch",
        replaceRegexMatch: { pattern: "^/users/([^/]+)/pets$", substitution: "/pets/of/\\1" },
      },
      ...query({ action: "Add", name: "source", value: "gateway" }),
      methodRewrite: "POST",
    },
    request: { path: "/users/ada/pets?sort=age" },
    expect: {
      status: 200,
      upstream: { method: "POST", path: "/pets/of/ada?sort=age&source=gateway" },
    },
  },
  ...paths.map(([what, operation, params, sent, path]): Case => ({
    name: `path: ${what}`,
    ...rewrite(operation, params),
    request: { path: sent },
    expect: becomes(path),
  })),
  ...queries.map(([what, rule, sent, left]): Case => ({
    name: `query: ${what}`,
    params: query(rule),
    request: { path: sent ? `/p?${sent}` : "/p" },
    expect: becomes(left ? `/p?${left}` : "/p"),
  })),
  {
    name: "query: applies rules one after the other, and leaves the rest byte for byte",
    params: query(
      { action: "Add", name: "a", value: "1" },
      { action: "Append", name: "a", value: "2" },
    ),
    request: { path: "/p?%7e=%zz&x" },
    expect: becomes("/p?%7e=%zz&x&a=1%2C2"),
  },
  ...(
    [
      ["/.x./secret", "x", ""],
      ["/%2xe/secret", "x", ""],
      ["/a/%x2fb", "x", ""],
      ["/%x00", "x", ""],
      ["/%4x1", "4", ""],
      ["/a/b", "^/", ""],
    ] as const
  ).map(([sent, pattern, substitution]): Case => ({
    name: `refuses ${sent} once /${pattern}/ is taken out of it`,
    ...rewrite("/*", regex(pattern, substitution)),
    request: { path: `/shop${sent}` },
    expect: refused,
    ...(/%(?![\da-f]{2})/i.test(sent) && {
      only: {
        runner: "simulator",
        because: "the gateway's listener refuses such a path before any policy",
      },
    }),
  })),
  {
    name: "changes the method",
    example: true,
    params: { methodRewrite: "POST" },
    request: { path: "/" },
    expect: { status: 200, upstream: { method: "POST" } },
  },
  ...["PUT", "DELETE", "PATCH", "OPTIONS"].map((methodRewrite): Case => ({
    name: `changes the method to ${methodRewrite}`,
    params: { methodRewrite },
    request: { path: "/" },
    expect: { status: 200, upstream: { method: methodRewrite } },
  })),
  {
    name: "leaves HEAD as it is",
    params: { methodRewrite: "GET" },
    request: { method: "HEAD", path: "/" },
    expect: { status: 200, upstream: { method: "HEAD" }, body: "" },
  },
  ...(
    [
      ["every condition holds", { "x-kind": "b", "x-any": "" }, "/p?v=Abc", "/new?v=Abc"],
      ["a header has another value", { "x-kind": "B", "x-any": "" }, "/p?v=abc", "/p?v=abc"],
      ["a header is missing", { "x-kind": "b" }, "/p?v=abc", "/p?v=abc"],
      ["a parameter does not match", { "x-kind": "b", "x-any": "1" }, "/p?v=cab", "/p?v=cab"],
      ["a parameter is missing", { "x-kind": "b", "x-any": "1" }, "/p", "/p"],
    ] as const
  ).map(([what, headers, sent, path]): Case => ({
    name: `${path.startsWith("/new") ? "rewrites" : "leaves the request"} where ${what}`,
    params: {
      match: {
        headers: [
          { name: "X-Kind", type: "Exact", value: "b" },
          { name: "x-any", type: "Present" },
        ],
        queryParams: [{ name: "v", type: "Regex", value: "^a" }],
      },
      ...full("/new"),
    },
    request: { path: sent, headers },
    expect: becomes(path),
  })),
  ...misconfigured([
    [
      "a rule that is not there",
      { pathRewrite: { type: "ReplaceRegexMatch" } },
      /pathRewrite.*replaceRegexMatch: is required/,
    ],
  ]),
  ...(
    [
      [{ headers: [{ name: "x-kind", type: "Regex", value: "^b+$" }] }, "x-kind", "bb", "ab"],
      [{ queryParams: [{ name: "v", type: "Exact", value: "Abc" }] }, "", "v=Abc", "v=abc"],
      [{ queryParams: [{ name: "v", type: "Present" }] }, "", "v", "w"],
    ] as const
  ).map(([match, header, fits, other]): Case => ({
    name: `sees ${fits} and ${other} apart by ${JSON.stringify(match)}`,
    params: { match, ...full("/new") },
    steps: [fits, other].map((sent) => {
      const path = header ? "/p" : `/p?${sent}`;
      const headers: Record<string, string> = header ? { [header]: sent } : {};
      const rewritten = sent === fits ? path.replace("/p", "/new") : path;
      return { request: { path, headers }, expect: { status: 200, upstream: { path: rewritten } } };
    }),
  })),
];
