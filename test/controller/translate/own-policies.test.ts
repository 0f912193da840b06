/** Policies of the gateway itself, as its configuration names them: in a real Envoy. */
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { startGateway } from "../../../controller/gateway.ts";
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

const named = (field: string) => expect.objectContaining({ field });

let t: TestGateway;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-own-"));
  const { gatewayPolicies = [] } = configured([setHeader("x-own", "gateway")]);
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

test("an API cannot drop them, whatever its document says", async () => {
  const spec = { policies: [], gatewayPolicies: [], router: { policies: [] } };
  await t.manage("POST", "/rest-apis?wait=10s", restApi("drops", t.upstream.port, spec));
  expect(await seen("/drops/x", "x-own")).toBe("gateway");
});

test("a module that lacks one of them does not serve", async () => {
  const { wasm } = await build(["policies/remove-headers"]);
  const { hash } = await t.gateway.modules.upload(wasm);
  await expect(t.gateway.modules.assign(hash)).rejects.toMatchObject({
    fields: expect.arrayContaining([named("router.policies[0].name")]),
  });
  expect(await seen("/bare/x", "x-own")).toBe("gateway");
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
  await expect(start({ version: "v1" })).rejects.toMatchObject({
    fields: [named(expect.stringContaining("router.policies[0]"))],
  });
});
