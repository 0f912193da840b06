/** `ap render`: without a gateway it says what a gateway with a real Envoy has, and nothing that is secret. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { build } from "../../../cli/build/index.ts";
import type { Rendered } from "../../../cli/render/render.ts";
import { restApi, startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";
import { ap, ownHome } from "../ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
let module: string;

beforeAll(async () => {
  home = await ownHome();
  const { wasm } = await build(["policies/set-headers", "policies/basic-auth"]);
  module = join(home.folder, "policies.wasm");
  await writeFile(module, wasm);
  t = await startTestGateway({ module: wasm });
}, 180_000);
afterAll(async () => {
  await t.close();
  await home.restore();
});

const file = async (name: string, ...documents: object[]): Promise<string> => {
  const path = join(home.folder, name);
  await writeFile(path, documents.map((one) => stringify(one)).join("---\n"));
  return path;
};
const rendered = async (path: string, ...argv: string[]) => {
  const { code, out, err } = await ap("render", "-f", path, "--module", module, ...argv);
  return { code, out, err, is: () => JSON.parse(out) as Omit<Rendered, "remarks"> };
};
const api = (name: string, spec: object = {}) => restApi(name, 7, spec);
const setHeader = (value: string) => ({
  name: "set-headers",
  version: "v1",
  params: { request: { headers: [{ name: "x-value", value }] } },
});
const basicAuth = (password: string) => ({
  ...{ name: "basic-auth", version: "v1" },
  params: { username: "ada", password },
});
const secret = (value: string) => ({
  ...{ kind: "Secret", metadata: { name: "kept" } },
  spec: { displayName: "Kept", value },
});

test("the routes, chains and clusters are those that an Envoy gets of the same files", async () => {
  const operations = [
    { method: "GET", path: "/{id}", policies: [setHeader("1")] },
    { method: "POST", path: "/" },
  ];
  const policies = [basicAuth('{{ secret "kept" }}')];
  const definitions = [{ name: "other", upstreams: [{ url: "http://127.0.0.1:1" }] }];
  const path = await file(
    "same.yaml",
    secret("value-of-kept"),
    api("one", { operations, policies, upstreamDefinitions: definitions }),
    api("two", { context: "/two/deep" }),
  );
  const server = `http://127.0.0.1:${t.gateway.ports.management}`;
  await ap("gateway", "add", "-n", "dev", "-s", server);
  expect((await ap("apply", "-f", path, "--wait", "10s")).code).toBe(0);
  const { routes, resources } = (await rendered(path, "-o", "json")).is();

  // A route's name has the hash of its chain.
  const dump = await t.gateway.envoy!.current()!.admin("/config_dump");
  const named = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
  const routeNames = /"name": ?"((?:one|two)\/[A-Z]+ [^"]*@[0-9a-f]{12})"/g;
  const here = JSON.stringify(resources);
  expect(named(here, routeNames)).toEqual(named(dump, routeNames));
  expect(named(here, routeNames)).toHaveLength(3);
  const clusters = resources.filter(({ kind }) => kind === "cluster").map(({ name }) => name);
  expect(clusters.length).toBeGreaterThan(1);
  for (const name of clusters) expect(dump).toContain(`"name": "${name}"`);
  for (const { kind, name } of resources.filter(({ kind }) => kind !== "cluster"))
    expect(dump, `${kind} ${name}`).toContain(`"${name}"`);

  expect(
    routes.map(({ api, route, chain }) => [api, route, chain.map(({ name }) => name)]),
  ).toEqual([
    ["one", "GET /{id}", ["basic-auth", "set-headers"]],
    ["one", "POST /", ["basic-auth"]],
    ["two", "GET /*", []],
  ]);
});

test("it is the same text every time, and the order of the files makes no difference to the resources", async () => {
  const one = api("one", { policies: [setHeader("1")] });
  const first = await rendered(await file("a.yaml", one, api("two")), "-o", "yaml");
  expect(first).toMatchObject({ code: 0, err: "" });
  expect((await rendered(await file("a.yaml", one, api("two")), "-o", "yaml")).out).toBe(first.out);
  const turned = await rendered(await file("b.yaml", api("two"), one), "-o", "json");
  const straight = await rendered(await file("a.yaml", one, api("two")), "-o", "json");
  expect(turned.is().resources).toEqual(straight.is().resources);
});

test("no value of a secret is in it, wherever it comes from", async () => {
  const both = [basicAuth("password-in-clear"), basicAuth('{{ secret "kept" }}')];
  const path = await file("secret.yaml", secret("value-of-kept"), api("safe", { policies: both }));
  for (const form of ["table", "json", "yaml"]) {
    const { code, out, err } = await rendered(path, "-o", form);
    expect([code, err]).toEqual([0, ""]);
    for (const value of ["password-in-clear", "value-of-kept"]) expect(out).not.toContain(value);
  }
  const { out } = await rendered(path, "-o", "yaml");
  expect(out).toContain('password: "{{ secret kept }}"');
  const without = await file("without.yaml", api("safe", { policies: both.slice(1) }));
  expect(await rendered(without)).toMatchObject({
    code: 0,
    err: "remark: the secret 'kept' is in none of the files\n",
  });
});

test("a gateway's configuration adds its own policies and hosts", async () => {
  const config = await file("gateway.json", {
    router: { policies: [setHeader("own")], vhosts: { main: { default: "api.example.com" } } },
  });
  const { routes } = (
    await rendered(await file("c.yaml", api("one")), "--config", config, "-o", "json")
  ).is();
  expect(routes).toMatchObject([{ hosts: ["api.example.com"], chain: [{ name: "set-headers" }] }]);
});

test.each<[string, object[], number, RegExp]>([
  [
    "a field that is wrong",
    [api("bad", { context: "no-slash" })],
    1,
    /x\.yaml:1: RestApi bad: .*\n +spec\.context: /,
  ],
  [
    "a policy that there is not",
    [api("bad", { policies: [{ name: "nope", version: "v1" }] })],
    1,
    /policy 'nope' is not installed/,
  ],
  [
    "a parameter that is wrong",
    [api("bad", { policies: [{ ...setHeader("1"), params: { request: 7 } }] })],
    1,
    /spec\.policies\[0\]\.params\.request/,
  ],
  [
    "a chain that the engine refuses",
    [api("bad", { policies: [{ ...setHeader("1"), executionCondition: "((" }] })],
    1,
    /spec\.policies\[0\]\.executionCondition: the expression ends too early/,
  ],
  [
    "two APIs with one path",
    [api("one"), api("two", { context: "/one" })],
    1,
    /RestApi two: .*\n.*same requests as a route of 'one'/,
  ],
  ["one document twice", [api("one"), api("one")], 2, /AP-TWICE/],
  [
    "a kind that there is not",
    [{ kind: "Odd", metadata: { name: "x" }, spec: {} }],
    2,
    /kind: expected one of/,
  ],
])("%s is refused as a gateway does, with file and line", async (_, documents, code, words) => {
  const found = await rendered(await file("x.yaml", ...documents));
  expect([found.code, found.err]).toEqual([code, expect.stringMatching(words)]);
  expect(found.out).toBe("");
});

test("a module has its policies already, and a file that is none is refused", async () => {
  const path = await file("d.yaml", api("one"));
  expect((await rendered(path, "--policies", "x")).code).toBe(2);
  expect((await ap("render", "-f", path, "--module", path)).code).toBe(1);
});
