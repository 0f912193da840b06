/** Secret parameters that documents have in the clear. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { GatewayOptions } from "../../../../controller/options.ts";
import { feedId } from "../../../../host-sim/feed/words.ts";
import { startAccess, type AccessGateway } from "../../access/fixture.ts";
import { restApi } from "../../fixtures/gateway.ts";
import { tinyFilter, tinyModule, withManifest } from "../../tiny-filter.ts";

const secret = { type: "string", "x-secret": true };
const keeper = {
  ...{ name: "keeper", version: "1.0.0" },
  parameters: {
    type: "object",
    properties: {
      password: secret,
      shown: { type: "string" },
      clients: {
        type: "array",
        items: { oneOf: [{ type: "object", properties: { key: secret } }] },
      },
    },
  },
  systemParameters: { type: "object", properties: { pepper: secret } },
};
/** Has other policies in a parameter. */
const box = {
  ...{ name: "box", version: "1.0.0" },
  parameters: {
    type: "object",
    properties: { inside: { type: "array", "x-sluice-policies": true } },
  },
};
const module = await tinyModule("tiny", [keeper, box]);
const policyConfigurations = { keeper_v1: { pepper: "the-pepper" } };

let gateway: AccessGateway;
afterEach(() => gateway.close());
const start = async (options: GatewayOptions = {}) => {
  gateway = await startAccess({ module, policyConfigurations, ...options });
};
const put = (params: object, name = "a") =>
  gateway.as("root", "POST", "/rest-apis", restApi(name, 9, { policies: [policy(params)] }));
const policy = (params: object) => ({ name: "keeper", version: "v1", params });
const chainOf = (name = "a") => JSON.stringify(gateway.gateway.control.compiled(name)!.routes);
const entriesOf = (name = "a") =>
  [...new Set(chainOf(name).matchAll(/\ue000([^\ue001]+)\ue001/g))].map(([, entry]) => entry!);
const fed = (entry: string) =>
  gateway.gateway.access.feeder.table.get(feedId("secret", entry))?.toString();

test("they stand in the feed, and in the chain are references that tell nothing of them", async () => {
  await start();
  const params = { password: "the-password", shown: "plain", clients: [{ key: "the-key" }] };
  expect((await put(params)).status).toBe(201);
  expect(chainOf()).not.toMatch(/the-(password|key|pepper)/);
  expect(chainOf()).toContain("plain");
  const entries = entriesOf();
  expect(entries.map(fed).sort()).toEqual(["the-key", "the-password", "the-pepper"]);
  for (const entry of entries) expect(entry).toMatch(/^#[0-9a-f]{32}$/);
  // The same value has the same name: a document that is written again changes nothing.
  await put(params, "b");
  expect(entriesOf("b").sort()).toEqual([...entries].sort());
});

test("controllers of one store name them alike, whatever keys they seal with", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-withhold-"));
  const at = (version: string): GatewayOptions => ({
    ...{ store: join(folder, "store.db"), module, policyConfigurations },
    secretKeys: [{ version, file: join(folder, `${version}.bin`) }],
  });
  gateway = await startAccess(at("v1"));
  await put({ password: "the-password" });
  const entries = entriesOf();
  const first = gateway;
  gateway = await startAccess(at("v2"));
  expect(entriesOf()).toEqual(entries);
  expect(entries.map(fed).sort()).toEqual(["the-password", "the-pepper"]);
  await first.close();
  await rm(folder, { recursive: true });
});

test("policies inside of policies have theirs too", async () => {
  await start();
  const inside = [policy({ password: "the-inner" })];
  const policies = [{ name: "box", version: "v1", params: { inside } }];
  await gateway.as("root", "POST", "/rest-apis", restApi("a", 9, { policies }));
  expect(chainOf()).not.toMatch(/the-(inner|pepper)/);
  expect(entriesOf().map(fed).sort()).toEqual(["the-inner", "the-pepper"]);
  const list = JSON.stringify((await gateway.as("root", "GET", "/rest-apis")).body);
  expect(list).not.toContain("the-inner");
});

test("what stands around a named secret is one too", async () => {
  await start();
  const spec = { displayName: "S", value: "the-named" };
  await gateway.as("root", "POST", "/secrets", {
    ...{ kind: "Secret", metadata: { name: "s" }, spec },
  });
  await put({ password: 'the-user:{{ secret "s" }}' });
  expect(chainOf()).not.toContain("the-user");
  expect(entriesOf().map(fed).sort()).toEqual(["the-named", "the-pepper", "the-user:"]);
});

test("a value that no document has any more leaves the feed after a while, and not before", async () => {
  await start();
  await put({ password: "first" });
  const [first] = entriesOf().filter((entry) => fed(entry) === "first");
  const changed = restApi("a", 9, { policies: [policy({ password: "second" })] });
  await gateway.as("root", "PUT", "/rest-apis/a", changed);
  const { vault, feeder } = gateway.gateway.access;
  feeder.drop(vault.leftEntries());
  expect(fed(first!)).toBe("first");
  await feeder.reload();
  feeder.drop(vault.leftEntries(Date.now() + 3_600_000));
  expect(fed(first!)).toBe(undefined);
  expect(entriesOf().map(fed).sort()).toEqual(["second", "the-pepper"]);
});

test("lists do not show them, and whoever reads one document gets it as it was written", async () => {
  await start();
  await put({ password: "the-password", clients: [{ key: '{{ env "HOME" }}' }] });
  const list = JSON.stringify((await gateway.as("root", "GET", "/rest-apis")).body);
  expect(list).not.toContain("the-password");
  expect(list).toContain("env");
  const audit = JSON.stringify((await gateway.as("root", "GET", "/audit")).body);
  expect(audit).not.toContain("the-password");
  const one = JSON.stringify((await gateway.as("root", "GET", "/rest-apis/a")).body);
  expect(one).toContain("the-password");
});

test("for Envoys without a feed they stay in the chain if the gateway is told so", async () => {
  await start({ secretsInChains: true });
  await put({ password: "the-password" });
  expect(chainOf()).toContain("the-password");
});

test("too long a value is refused by its field, without showing it", async () => {
  await start();
  const { status, body } = await put({ password: "long".repeat(20_000) });
  expect([status, body.errors]).toEqual([
    400,
    [
      {
        field: "spec.policies[0].params",
        message: "a secret parameter must have at most 65000 bytes",
      },
    ],
  ]);
});

test("a module that cannot get them serves no document that has them", async () => {
  const unfed = withManifest(await tinyFilter(), { policies: [{ ...keeper, phases: [] }] });
  await start({ module: unfed, policyConfigurations: {} });
  const { status, body } = await put({ password: "the-password" });
  expect(status).toBe(400);
  expect(body.errors![0]!.message).toContain("was built without the feed");
  expect((await put({ shown: "plain" })).status).toBe(201);
});
