/** Policies of the gateway itself, as its configuration names them: in a real Envoy. */
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { startGateway, type Gateway } from "../../../controller/gateway.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { ap, ownHome } from "../../cli/ap.ts";
import { anyPorts, restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const module = build(["policies/set-headers", "policies/remove-headers"]);

/** What a configuration with these lines means for policies. */
function configured(policies: object[]) {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, JSON.stringify({ router: { policies } }));
  return gatewayOptions(loadConfig({ file, env: {} }).config);
}

const setHeader = (name: string, value: string) => ({
  name: "set-headers",
  version: "v1",
  params: { request: { headers: [{ name, value }] } },
});

/** Takes a header away, where an API wants it. */
const optional = {
  ...{ name: "remove-headers", version: "v1", mandatory: false },
  params: { request: { headers: [{ name: "x-gone" }] } },
};

const named = (field: string) => expect.objectContaining({ field });

let t: TestGateway;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-own-"));
  const { gatewayPolicies = [] } = configured([setHeader("x-own", "gateway"), optional]);
  t = await startTestGateway({ module: (await module).wasm, gatewayPolicies });
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const seen = async (path: string, header: string) => {
  expect((await t.request(path)).status).toBe(200);
  return t.upstream.seen.at(-1)!.headers.find(([name]) => name === header)?.[1];
};

test("they run on APIs that name none, and before those that an API names", async () => {
  await t.manage("POST", "/rest-apis?wait=10s", restApi("bare", t.upstream.port));
  expect(await seen("/bare/x", "x-own")).toBe("gateway");
  const policies = [setHeader("x-own", "api")];
  await t.manage("POST", "/rest-apis?wait=10s", restApi("own", t.upstream.port, { policies }));
  expect(await seen("/own/x", "x-own")).toBe("api");
});

describe("one that is not mandatory", () => {
  const sent = async (path: string) => {
    const headers: [string, string][] = [["x-gone", "still there"]];
    expect((await t.request({ path, headers })).status).toBe(200);
    const { headers: seen } = t.upstream.seen.at(-1)!;
    return Object.fromEntries(seen.filter(([name]) => ["x-gone", "x-own"].includes(name)));
  };
  const operations = [
    { method: "GET", path: "/with" },
    { method: "GET", path: "/without", withoutGatewayPolicies: ["remove-headers"] },
  ];

  test("runs unless an API or an operation goes without it; the others run all the same", async () => {
    const { port } = t.upstream;
    const spec = { withoutGatewayPolicies: ["remove-headers"] };
    await t.manage("POST", "/rest-apis?wait=10s", restApi("without", port, spec));
    expect(await sent("/without/x")).toEqual({ "x-own": "gateway", "x-gone": "still there" });
    await t.manage("POST", "/rest-apis?wait=10s", restApi("some", port, { operations }));
    expect(await sent("/some/with")).toEqual({ "x-own": "gateway" });
    expect(await sent("/some/without")).toEqual({ "x-own": "gateway", "x-gone": "still there" });
    await t.manage("PUT", "/rest-apis/without?wait=10s", restApi("without", port));
    expect(await sent("/without/x")).toEqual({ "x-own": "gateway" });
  });

  test("ap explain tells where each policy comes from, and what was dropped by whom", async () => {
    const home = await ownHome();
    const server = `http://127.0.0.1:${t.gateway.ports.management}`;
    try {
      await ap("gateway", "add", "-n", "own", "-s", server);
      const told = async (path: string) =>
        JSON.parse((await ap("explain", "GET", path, "-o", "json")).out) as object;
      const given = [{ name: "set-headers", from: "router.policies[0]", mandatory: true }];
      expect(await told("/some/without")).toMatchObject({
        policies: given,
        dropped: [
          {
            ...{ name: "remove-headers", from: "router.policies[1]" },
            by: "spec.operations[1].withoutGatewayPolicies[0]",
          },
        ],
      });
      expect(await told("/some/with")).toMatchObject({
        policies: [...given, { name: "remove-headers", from: "router.policies[1]" }],
        dropped: [],
      });
      expect((await ap("explain", "GET", "/some/without")).out).toMatch(
        /POLICY 1 +set-headers v1, from router.policies\[0\], mandatory\n *WITHOUT 1 +remove-headers v1/,
      );
    } finally {
      await home.restore();
    }
  });
});

test.each([
  [
    "a mandatory one",
    { withoutGatewayPolicies: ["set-headers"] },
    "spec.withoutGatewayPolicies[0]",
  ],
  [
    "a mandatory one, for an operation",
    { operations: [{ method: "GET", path: "/", withoutGatewayPolicies: ["set-headers"] }] },
    "spec.operations[0].withoutGatewayPolicies[0]",
  ],
  [
    "one that the gateway does not have",
    { withoutGatewayPolicies: ["remove-headers", "cors"] },
    "spec.withoutGatewayPolicies[1]",
  ],
  ["no list", { withoutGatewayPolicies: "cors" }, "spec.withoutGatewayPolicies"],
  ["no name", { withoutGatewayPolicies: [null] }, "spec.withoutGatewayPolicies[0]"],
])("a document that drops %s is refused, and nothing changes", async (_, spec, field) => {
  const { port } = t.upstream;
  await t.manage("POST", "/rest-apis?wait=10s", restApi("keeps", port));
  const answer = await t.manage("PUT", "/rest-apis/keeps", restApi("keeps", port, spec));
  expect(answer).toMatchObject({ status: 400, body: { errors: [named(field)] } });
  expect((await t.manage("GET", "/rest-apis/keeps")).body).toMatchObject({
    status: { revision: 1 },
  });
  expect(await seen("/keeps/x", "x-own")).toBe("gateway");
});

test("one that becomes mandatory runs on what went without it before", async () => {
  const start = async (mandatory: boolean) =>
    startGateway({
      ...{ store: join(folder, "stricter.db"), envoy: "none", ports: anyPorts },
      ...{ module: (await module).wasm },
      gatewayPolicies: configured([{ ...optional, mandatory }]).gatewayPolicies ?? [],
    });
  const routeOf = ({ control }: Gateway) => control.compiled("was")!.routes[0]!.body;
  const document = restApi("was", 1, { withoutGatewayPolicies: ["remove-headers"] });
  const before = await start(false);
  await before.control.put(resourceKinds[0], document, { create: true });
  expect(routeOf(before)).not.toContain("remove-headers");
  await before.stop();
  const after = await start(true);
  expect(routeOf(after)).toContain("remove-headers");
  await after.stop();
});

test("a module that lacks one of them does not serve", async () => {
  const { wasm } = await build(["policies/remove-headers"]);
  const { hash } = await t.gateway.modules.upload(wasm);
  await expect(t.gateway.modules.assign(hash)).rejects.toMatchObject({
    fields: expect.arrayContaining([named("router.policies[0].name")]),
  });
  expect(await seen("/bare/x", "x-own")).toBe("gateway");
});

test("two of one name are mandatory or not together, for documents drop them by name", () => {
  const twice = [setHeader("a", "1"), { ...setHeader("b", "2"), mandatory: false }];
  expect(() => configured(twice)).toThrow(
    expect.objectContaining({ fields: [named("router.policies[1].mandatory")] }),
  );
});

test("one that is not right stops the start, and is named", async () => {
  const start = async (policy: object) =>
    startGateway({
      ...{ store: join(folder, "other.db"), envoy: "none", ports: anyPorts },
      ...{ module: (await module).wasm },
      gatewayPolicies: configured([policy]).gatewayPolicies ?? [],
    });
  await expect(start({ name: "nobody", version: "v1" })).rejects.toMatchObject({
    fields: [named("router.policies[0].name")],
  });
  await expect(start({ ...setHeader("x", "y"), params: { x: 1 } })).rejects.toMatchObject({
    fields: expect.arrayContaining([named("router.policies[0].params.x")]),
  });
  const conditioned = { ...setHeader("x", "y"), executionCondition: "request.Path.nothing(" };
  await expect(start(conditioned)).rejects.toMatchObject({
    fields: [
      {
        field: "router.policies[0].executionCondition",
        message: "the expression ends too early, at 21",
      },
    ],
  });
  await expect(start({ version: "v1" })).rejects.toMatchObject({
    fields: [named(expect.stringContaining("router.policies[0]"))],
  });
});
