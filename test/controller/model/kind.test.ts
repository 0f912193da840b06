/** A kind is one row and one function: everything else comes with it. Shown by a kind that only this file knows. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resourceKinds, type ResourceKind } from "../../../controller/model/index.ts";
import { readMetadata } from "../../../controller/model/metadata.ts";
import type { Reader } from "../../../controller/model/reader.ts";
import type { RestApi } from "../../../controller/model/rest-api.ts";
import { readPolicies, readResilience, readUpstream } from "../../../controller/model/shared.ts";
import { readTraffic } from "../../../controller/model/traffic.ts";
import type { GatewayOptions } from "../../../controller/options.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

/** Serves one path, which is its colour. */
function readToy(document: Reader): RestApi {
  const name = readMetadata(document.at("metadata"));
  for (const field of ["apiVersion", "kind", "status"]) document.at(field);
  const spec = document.at("spec").required();
  spec.isObject();
  const colour = spec.at("colour").required().oneOf(["red", "blue"]) ?? "red";
  const resilience = readResilience(spec.at("resilience"));
  const toy: RestApi = {
    ...{ kind: "Toy", name, displayName: spec.at("displayName").required().text() ?? "" },
    ...{ version: "v1.0", sourceContext: `/toys/${name}`, context: `/toys/${name}` },
    ...{ upstream: { main: readUpstream(spec.at("upstream").required(), []), sandbox: null } },
    ...{ upstreamDefinitions: [], vhosts: { main: null, sandbox: null }, subscriptionPlans: [] },
    ...{ policies: readPolicies(spec.at("policies")), withoutGatewayPolicies: [], resilience },
    traffic: readTraffic(spec.at("traffic"), []),
    operations: [
      {
        ...{ method: "GET", path: `/${colour}`, form: "simple", headers: [], queryParams: [] },
        ...{ policies: [], withoutGatewayPolicies: [], resilience, field: "spec" },
      },
    ],
    deployed: spec.at("deploymentState").oneOf(["deployed", "undeployed"]) !== "undeployed",
  };
  spec.done();
  document.done();
  return toy;
}

const toyDocument = (name: string, port: number, spec: object = {}) => ({
  ...{ apiVersion: "gateway.api-platform.wso2.com/v1", kind: "Toy", metadata: { name } },
  spec: {
    displayName: name,
    colour: "red",
    upstream: { url: `http://127.0.0.1:${port}` },
    ...spec,
  },
});

const toys: ResourceKind = {
  ...{ kind: "Toy", path: "toys", listKey: "toys", label: "Toy" },
  ...{ read: readToy, example: toyDocument("car", 80) },
};

const folder = mkdtempSync(join(tmpdir(), "sluice-kind-"));
const watched = mkdtempSync(join(folder, "watched-"));
const options: GatewayOptions = {
  ...{ kinds: [...resourceKinds, toys], store: join(folder, "gateway.db"), configDump: true },
  gitops: { folder: watched, intervalMs: 50 },
};
let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway(options);
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true });
});

const toy = (name: string, spec: object = {}) => toyDocument(name, t.upstream.port, spec);
const status = async (path: string) => (await t.request(path)).status;
const put = (name: string, spec: object) =>
  t.manage("PUT", `/toys/${name}?wait=10s`, toy(name, spec));

test("is created, served, read, listed, replaced and deleted", async () => {
  expect((await t.manage("POST", "/toys?wait=10s", toy("car"))).status).toBe(201);
  expect([await status("/toys/car/red"), await status("/toys/car/blue")]).toEqual([200, 404]);
  const read = await t.manage("GET", "/toys/car");
  expect(read.body).toMatchObject({
    ...toy("car"),
    status: { id: "car", state: "deployed", revision: 1 },
  });
  expect((await t.manage("GET", "/toys?displayName=car")).body).toMatchObject({
    ...{ status: "success", count: 1, toys: [{ metadata: { name: "car" } }] },
  });
  expect((await put("car", { colour: "blue" })).status).toBe(200);
  expect([await status("/toys/car/red"), await status("/toys/car/blue")]).toEqual([404, 200]);
  const stale = { "if-match": '"1"' };
  expect((await t.manage("PUT", "/toys/car", toy("car"), stale)).status).toBe(412);
  expect((await t.manage("DELETE", "/toys/car?wait=10s")).body).toEqual({
    ...{ status: "success", message: "Toy deleted successfully", id: "car" },
  });
  expect(await status("/toys/car/blue")).toBe(404);
  expect((await t.manage("GET", "/toys/car")).body).toMatchObject({
    message: "Toy with handle 'car' not found",
  });
});

test("is refused by its own rules, each with its field, and only looked at by a dry run", async () => {
  const wrong = await t.manage(
    "POST",
    "/toys",
    toy("bad", { colour: "green", displayName: undefined }),
  );
  expect(wrong.status).toBe(400);
  expect(wrong.body.errors?.map(({ field }) => field)).toEqual(["spec.colour", "spec.displayName"]);
  expect((await t.manage("POST", "/toys?dryRun=true", toy("dry"))).body).toMatchObject({
    status: { dryRun: true },
  });
  expect((await t.manage("GET", "/toys/dry")).status).toBe(404);
  const unknown = await t.manage("POST", "/toys?dryRun=true", toy("dry", { color: "red" }));
  expect(unknown.headers.get("warning")).toContain("spec.color is not known");
});

test("has a deploymentState", async () => {
  await t.manage("POST", "/toys?wait=10s", toy("ball"));
  expect(await status("/toys/ball/red")).toBe(200);
  await put("ball", { deploymentState: "undeployed" });
  expect(await status("/toys/ball/red")).toBe(404);
  const { body } = await t.manage("GET", "/toys?status=undeployed");
  expect(body).toMatchObject({
    toys: [{ metadata: { name: "ball" }, status: { state: "undeployed" } }],
  });
});

test("has policies, secrets in them, and API keys, as every kind", async () => {
  const secret = {
    kind: "Secret",
    metadata: { name: "level" },
    spec: { displayName: "L", value: "7" },
  };
  await t.manage("POST", "/secrets", secret);
  const policies = [{ name: "tiny", version: "v1", params: { level: '{{ secret "level" }}' } }];
  expect((await t.manage("POST", "/toys?wait=10s", toy("top", { policies }))).status).toBe(201);
  expect((await t.manage("DELETE", "/secrets/level")).status).toBe(409);
  const wrong = toy("wrong", { policies: [{ name: "none", version: "v1" }] });
  expect((await t.manage("POST", "/toys", wrong)).body.errors?.[0]?.field).toMatch(
    /^spec\.policies\[0\]/,
  );
  const made = await t.manage("POST", "/toys/top/api-keys", { name: "key-1" });
  expect(made).toMatchObject({ status: 201, body: { apiKey: { apiId: "top" } } });
  expect((await t.manage("GET", "/rest-apis/top/api-keys")).status).toBe(404);
});

test("shares no handle with another kind, and is not found below its path", async () => {
  await t.manage("POST", "/rest-apis", restApi("doll", t.upstream.port));
  expect(await t.manage("POST", "/toys", toy("doll"))).toMatchObject({
    status: 409,
    body: { message: "RestAPI with handle 'doll' already exists" },
  });
  expect((await t.manage("GET", "/toys/doll")).status).toBe(404);
  for (const method of ["PUT", "DELETE"])
    expect(
      (await t.manage(method, "/toys/doll", method === "PUT" ? toy("doll") : undefined)).status,
    ).toBe(404);
  expect((await t.manage("GET", "/rest-apis/ball")).status).toBe(404);
  expect((await t.manage("GET", "/rest-apis/doll")).status).toBe(200);
});

test("is described, audited and in the dump", async () => {
  const port = t.gateway.ports.management;
  const api = (await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json()) as {
    paths: object;
    components: { schemas: object };
  };
  expect(Object.keys(api.paths)).toEqual(
    expect.arrayContaining(["/toys", "/toys/{id}", "/toys/{id}/api-keys"]),
  );
  expect(JSON.stringify(api.components.schemas)).toContain('"enum":["red","blue"]');
  expect((await t.manage("GET", "/audit?kind=Toy&handle=car")).body).toMatchObject({
    entries: [
      { action: "delete", after: null },
      { action: "replace" },
      { action: "create", before: null },
    ],
  });
  const dump = await (await fetch(`http://127.0.0.1:${t.gateway.ports.admin}/config_dump`)).text();
  expect(dump).toContain('"kind":"Toy"');
});

test("comes from a folder and goes with its file", async () => {
  const file = join(watched, "kite.json");
  writeFileSync(file, JSON.stringify(toy("kite")));
  await expect.poll(() => status("/toys/kite/red"), { timeout: 30_000 }).toBe(200);
  rmSync(file);
  await expect.poll(() => status("/toys/kite/red"), { timeout: 30_000 }).toBe(404);
});

test("is exported as it can be applied again, and is there after a restart", async () => {
  const { body } = await t.manage("GET", "/toys");
  const listed = (body as unknown as { toys: { metadata: { name: string }; status?: object }[] })
    .toys;
  expect(listed.map(({ metadata }) => metadata.name)).toEqual(["ball", "top"]);
  for (const { status: _, ...document } of listed)
    expect(
      (await t.manage("PUT", `/toys/${document.metadata.name}?wait=10s`, document)).status,
    ).toBe(200);
  await t.gateway.stop();
  t = await startTestGateway(options);
  expect(((await t.manage("GET", "/toys")).body as unknown as { count: number }).count).toBe(2);
});
