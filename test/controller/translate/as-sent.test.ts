/** Policies that change what routes are chosen by, in a real gateway: the request stays on its operation. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
let other: UpstreamServer;

const policy = (name: string, params: object) => ({ name, version: "v1", params });
const full = (path: string) =>
  policy("request-rewrite", { pathRewrite: { type: "ReplaceFullPath", replaceFullPath: path } });
const upstreamOf = (port: number) => ({
  main: { url: `http://127.0.0.1:${port}`, hostRewrite: "manual" },
});

beforeAll(async () => {
  const names = ["request-rewrite", "host-rewrite", "respond", "set-headers", "remove-headers"];
  t = await startTestGateway({
    module: (await build(names.map((one) => join("policies", one)))).wasm,
  });
  other = await startUpstream({ body: "another API's upstream" });
  const guarded = [policy("respond", { statusCode: 403 })];
  const pets = restApi("pets", t.upstream.port, {
    context: "/pets",
    upstream: upstreamOf(t.upstream.port),
    operations: [
      { method: "GET", path: "/path", policies: [full("/guarded")] },
      {
        method: "GET",
        path: "/method",
        policies: [policy("request-rewrite", { methodRewrite: "POST" })],
      },
      {
        method: "GET",
        path: "/host",
        policies: [policy("host-rewrite", { host: "toys.example" })],
      },
      { method: "GET", path: "/unknown", policies: [full("/no/operation")] },
      { method: "GET", path: "/guarded", policies: guarded },
      { method: "POST", path: "/method", policies: guarded },
    ],
  });
  // The same paths on another host.
  const toys = restApi("toys", other.port, {
    context: "/pets",
    vhosts: { main: "toys.example" },
    operations: [{ method: "GET", path: "/host", policies: guarded }],
  });
  const matched = (path: string, more: object, policies: object[]) => ({
    match: { method: "GET", path: { type: "Exact", value: path }, ...more },
    policies,
  });
  const setting = (name: string, value: string) =>
    policy("set-headers", { request: { headers: [{ name, value }] } });
  const tier = (value: string) => ({ headers: [{ type: "Exact", name: "x-tier", value }] });
  const view = { queryParams: [{ type: "Exact", name: "view", value: "all" }] };
  const query = (action: "Add" | "Remove") =>
    policy("request-rewrite", {
      queryRewrite: {
        rules: [{ action, name: "view", ...(action === "Add" && { value: "all" }) }],
      },
    });
  const without = policy("remove-headers", { request: { headers: [{ name: "x-tier" }] } });
  const told = restApi("told", t.upstream.port, {
    context: "/told",
    operations: [
      matched("/a", tier("gold"), guarded),
      matched("/a", {}, [setting("x-tier", "gold")]),
      matched("/b", tier("free"), [setting("x-tier", "none")]),
      matched("/b", {}, guarded),
      matched("/c", tier("free"), [without]),
      matched("/c", {}, guarded),
      matched("/d", view, guarded),
      matched("/d", {}, [query("Add")]),
      matched("/e", tier("free"), [without]),
      matched("/f", view, [query("Remove")]),
      matched("/plain", {}, []),
    ],
  });
  for (const api of [pets, toys, told])
    expect((await t.manage("POST", "/rest-apis?wait=10s", api)).body).toMatchObject({
      status: { problem: null },
    });
});
afterAll(async () => {
  await t.close();
  await other.close();
});

test.each([
  ["path", "GET", "/guarded", /^localhost$/],
  ["method", "POST", "/method", /^localhost$/],
  ["host", "GET", "/host", /^toys\.example$/],
  ["unknown", "GET", "/no/operation", /^localhost$/],
])("a changed %s goes to the operation's own upstream", async (path, method, sent, host) => {
  const before = t.upstream.seen.length;
  expect((await t.request(`/pets/${path}`)).status).toBe(200);
  const seen = t.upstream.seen[before]!;
  expect([seen.method, seen.path]).toEqual([method, sent]);
  expect(seen.headers.find(([name]) => name === "host")?.[1]).toMatch(host);
  expect(seen.headers.filter(([name]) => name.startsWith("x-sluice"))).toEqual([]);
});

test("the policies of an operation run for whoever asks for it", async () => {
  expect((await t.request("/pets/guarded")).status).toBe(403);
  expect((await t.request({ path: "/pets/method", method: "POST" })).status).toBe(403);
  const headers = { host: "toys.example" };
  expect((await t.request({ path: "/pets/host", headers })).status).toBe(403);
});

test.each(["x-sluice-request", "x-sluice-host"])(
  "a client's own %s counts for nothing",
  async (name) => {
    const headers = { [name]: name.endsWith("host") ? "toys.example" : "GET/pets/unknown" };
    expect((await t.request({ path: "/pets/guarded", headers })).status).toBe(403);
    expect(other.seen).toEqual([]);
  },
);

test.each([
  ["that a policy sets", "/told/a", {}, { "x-tier": "gold" }],
  ["that a policy changes", "/told/b", { "x-tier": "free" }, { "x-tier": "none" }],
  ["that a policy takes away", "/told/c", { "x-tier": "free" }, {}],
  ["that a policy adds to the query", "/told/d", {}, {}],
  // Without a note of it, these would be nobody's: 404.
  ["that a policy takes away, where no other matches", "/told/e", { "x-tier": "free" }, {}],
  ["that a policy takes out of the query", "/told/f?view=all", {}, {}],
])("a match %s leaves the request on its operation", async (_, path, headers, left) => {
  const before = t.upstream.seen.length;
  expect((await t.request({ path, headers })).status).toBe(200);
  const seen = Object.fromEntries(t.upstream.seen[before]!.headers);
  expect(seen["x-tier"]).toBe((left as Record<string, string>)["x-tier"]);
  expect(Object.keys(seen).filter((name) => name.startsWith("x-sluice"))).toEqual([]);
});

test.each([
  ["/told/a", { "x-tier": "gold" }],
  ["/told/b", {}],
  ["/told/c", { "x-tier": "gold" }],
  ["/told/d?view=all", {}],
])("%s with %j is the other operation's, with its policies", async (path, headers) => {
  expect((await t.request({ path, headers })).status).toBe(403);
});

test("no client says which operation its request is for", async () => {
  const headers = { "x-sluice-operation": "told/1", "x-tier": "gold" };
  expect((await t.request({ path: "/told/a", headers })).status).toBe(403);
  expect((await t.request({ path: "/told/plain", headers })).status).toBe(200);
});
