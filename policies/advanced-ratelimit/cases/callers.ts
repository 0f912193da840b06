/** Keys made of what policies before this one found out, and of the place where it stands. */
import type { Case, Step } from "sluice/cases";
import { ask, key, one, pass, stop, withHeaders } from "./steps.ts";

const me = (params: object) => ({ name: "advanced-ratelimit", version: "v1", params });
const login = {
  name: "basic-auth",
  version: "v1",
  params: { username: "ada", password: "secret", allowUnauthenticated: true },
};
const ada = withHeaders({ authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}` });

const routes = (params: object): NonNullable<Case["routes"]> =>
  ["/a", "/b"].map((path, i) => ({
    name: `shop/GET ${path}@00000000000${i}`,
    match: { prefix: path },
    chain: { api: { name: "shop", version: "v1" }, policies: [me(params)] },
  }));

export const callers: Case[] = [
  ...[
    ["who was authenticated", { type: "consumer" }],
    ["a claim", { type: "claim", key: "sub" }],
    ["a property of the caller", { type: "authproperty", key: "authType" }],
    ["what policies note", { type: "metadata", key: "auth.success" }],
  ].map(([what, part]) => ({
    name: `counts by ${what as string}; nobody shares one count`,
    chain: [login, me(key(part as object))],
    steps: [pass(ada), pass(), stop(ada), stop()],
  })),
  ...[
    ["anonymous", pass(ada), pass(ada), pass(), stop()],
    ["authenticated", pass(), pass(), pass(ada), stop(ada)],
  ].map(([identity, ...steps]) => ({
    name: `counts only who is ${identity as string}`,
    chain: [login, me(one({ countWhen: { identity } }))],
    steps: steps as Step[],
  })),
  {
    name: "a request that is refused before it takes nothing of the limit",
    chain: [{ ...login, params: { username: "ada", password: "secret" } }, me(one())],
    steps: [ask("/", { status: 401 }), ask("/", { status: 401 }), pass(ada), stop(ada)],
  },
  {
    name: "each route has its own count",
    routes: routes(key({ type: "routename" })),
    steps: [pass("/a"), pass("/b"), stop("/a"), stop("/b")],
  },
  ...["apiname", "apiversion"].map((type) => ({
    name: `all routes of an API share a count by ${type}`,
    routes: routes(key({ type: "apiname" }, ...(type === "apiname" ? [] : [{ type }]))),
    steps: [pass("/a"), stop("/b"), stop("/a")],
  })),
  {
    name: "APIs of two kinds with one name have a count each",
    routes: ["RestApi", "Mcp"].map((kind, i) => ({
      name: `shop/GET /*@00000000000${i}`,
      match: { prefix: `/${kind}` },
      chain: { api: { name: "shop", version: "v1", kind }, policies: [me(one())] },
    })),
    steps: [pass("/RestApi"), pass("/Mcp"), stop("/RestApi"), stop("/Mcp")],
  },
  {
    name: "one count for the whole gateway",
    routes: routes(one({ name: "all", scope: "gateway" })),
    steps: [pass("/a"), stop("/b")],
  },
];
