/** The contract's facts about the management API and the configuration, each by its number. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../controller/config/load.ts";
import { UserError } from "../../../controller/errors.ts";
import { restApi, startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";

let t: TestGateway;
const folder = mkdtempSync(join(tmpdir(), "sluice-facts-"));
const users = (["admin", "consumer", "developer"] as const).map((role) => ({
  ...{ username: role, password: "pass", roles: [role] },
}));
type Who = (typeof users)[number]["username"];

beforeAll(async () => {
  t = await startTestGateway({ envoy: "none", users, apiKeys: { perUser: 2 } });
  await call("admin", "POST", "/rest-apis", restApi("pets", 9, { context: "/pets/$version" }));
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true });
});

const basic = (who: string) => `Basic ${Buffer.from(`${who}:pass`).toString("base64")}`;
const call = (who: Who, method: string, path: string, body?: unknown) =>
  t.manage(method, path, body, { authorization: basic(who) });
const faults = (name: string, spec: object) =>
  call("admin", "POST", "/rest-apis", restApi(name, 9, spec)).then(
    ({ status, body }) => [status, body.errors?.map(({ field }) => field)] as const,
  );
const loading = (text: string, env: Record<string, string> = {}) => {
  const file = join(folder, "config.toml");
  writeFileSync(file, text);
  return () => loadConfig({ file, env });
};

test("fact 1: /api/management/v1 is the base, and paths without it say Deprecation, Link and Warning", async () => {
  const get = (path: string) =>
    fetch(`http://127.0.0.1:${t.gateway.ports.management}${path}`, {
      headers: { authorization: basic("admin") },
    });
  const [old, now] = [await get("/rest-apis"), await get("/api/management/v1/rest-apis")];
  expect(await old.json()).toEqual(await now.json());
  const told = (answer: Response) =>
    ["deprecation", "link", "warning"].map((name) => answer.headers.get(name));
  expect(told(now)).toEqual([null, null, null]);
  expect(told(old)).toEqual([
    "true",
    '</api/management/v1/rest-apis>; rel="successor-version"',
    '299 - "Deprecated API: migrate to /api/management/v1 prefix"',
  ]);
});

test("fact 2: a policy's version is its major alone, and has to be installed", async () => {
  const versions = ["v1.0.0", "v1.0", "1", "v2"];
  for (const version of versions)
    expect(await faults("versions", { policies: [{ name: "tiny", version }] })).toEqual([
      ...[400, ["spec.policies[0].version"]],
    ]);
  const right = restApi("versions", 9, { policies: [{ name: "tiny", version: "v1" }] });
  expect((await call("admin", "POST", "/rest-apis?dryRun=true", right)).status).toBe(200);
});

test("fact 16: a list shows the resolved context, one document its source with $version and templates", async () => {
  const policies = [
    { name: "tiny", version: "v1", params: { level: '{{ env "NONE" | default "5" }}' } },
  ];
  const source = restApi("source", 9, { context: "/source/$version", policies });
  expect((await call("admin", "POST", "/rest-apis", source)).status).toBe(201);
  expect((await call("admin", "GET", "/rest-apis/source")).body).toMatchObject(source);
  const { body } = await call("admin", "GET", "/rest-apis?displayName=source");
  expect(body).toMatchObject({ apis: [{ spec: { context: "/source/v1.0", policies } }] });
});

test("fact 17: DELETE is 200 with a message, 204, 200 without a body, or 200 for a key that never was", async () => {
  await call("admin", "POST", "/rest-apis", restApi("gone", 9));
  expect(await call("admin", "DELETE", "/rest-apis/gone")).toMatchObject({
    status: 200,
    body: { status: "success", message: "RestAPI deleted successfully", id: "gone" },
  });
  const plan = (await call("admin", "POST", "/subscription-plans", { planName: "A" }))
    .body as unknown as { id: string };
  const sent = { apiId: "pets", subscriptionToken: "tok" };
  const subscription = (await call("admin", "POST", "/subscriptions", sent)).body as unknown as {
    id: string;
  };
  await call("admin", "POST", "/secrets", {
    ...{ kind: "Secret", metadata: { name: "s" }, spec: { displayName: "S", value: "v" } },
  });
  for (const [path, status] of [
    [`/subscriptions/${subscription.id}`, 204],
    [`/subscription-plans/${plan.id}`, 204],
    ["/secrets/s", 200],
  ] as const)
    expect(await call("admin", "DELETE", path), path).toMatchObject({ status, body: {} });
  expect((await call("admin", "DELETE", "/rest-apis/pets/api-keys/never-was")).status).toBe(200);
});

test("fact 18: keys are apip_ and 64 hex, kept by their SHA-256, masked, and each sees the own ones", async () => {
  const path = "/rest-apis/pets/api-keys";
  const made = async (who: Who, name: string) => {
    const { body } = await call(who, "POST", path, { name });
    return (body as unknown as { apiKey: { apiKey: string } }).apiKey.apiKey;
  };
  const [key] = [await made("consumer", "mine"), await made("admin", "theirs")];
  expect(key).toMatch(/^apip_[0-9a-f]{64}$/);
  const stored = await t.gateway.store.keys.named({ kind: "RestApi", handle: "pets" }, "mine");
  expect(stored!.hash).toBe(createHash("sha256").update(key).digest("hex"));
  const listed = async (who: Who) => {
    const { apiKeys } = (await call(who, "GET", path)).body as unknown as {
      apiKeys: { name: string; apiKey: string }[];
    };
    return apiKeys;
  };
  expect(await listed("consumer")).toMatchObject([{ name: "mine", apiKey: `***${key.slice(-5)}` }]);
  expect((await listed("admin")).map(({ name }) => name).sort()).toEqual(["mine", "theirs"]);
  const other = { apiKey: "a-key-from-elsewhere-0123456789abcdef" };
  expect((await call("consumer", "PUT", `${path}/mine`, other)).status).toBe(400);
  expect((await call("consumer", "POST", path, { ...other, name: "outside" })).status).toBe(201);
  const next = { apiKey: other.apiKey.replace("a-key", "b-key") };
  expect((await call("consumer", "PUT", `${path}/outside`, next)).status).toBe(200);
  expect(await call("consumer", "POST", path)).toMatchObject({
    status: 500,
    body: { status: "error", message: "internal server error" },
  });
});

test("fact 19: who asks is refused with {code, message}, what is asked with {status, message, errors}", async () => {
  expect(await t.manage("GET", "/rest-apis")).toMatchObject({
    status: 401,
    body: { code: "skip_authz" },
  });
  const wrong = await t.manage("GET", "/rest-apis", undefined, { authorization: basic("nobody") });
  expect(wrong).toMatchObject({ status: 401, body: { code: "authentication_failed" } });
  const weak = await call("developer", "GET", "/secrets");
  expect(weak).toMatchObject({ status: 403, body: { code: "forbidden" } });
  for (const { body } of [wrong, weak]) expect(Object.keys(body)).toEqual(["code", "message"]);
  const { status, body } = await call(
    "admin",
    "POST",
    "/rest-apis",
    restApi("bad", 9, { context: "x" }),
  );
  expect([status, body]).toEqual([
    400,
    {
      status: "error",
      message: expect.any(String),
      errors: [{ field: "spec.context", message: expect.any(String) }],
    },
  ]);
});

test("fact 20: `env` fails closed in the configuration and is empty in a document; nothing is mapped from APIP_GW_; `memory` is refused", async () => {
  const token = `[controller.storage]\nconnection = '{{ env "FACT_20" }}'`;
  for (const env of [{}, { FACT_20: "" }] as Record<string, string>[])
    expect(loading(token, env)).toThrow(UserError);
  expect(loading(token, { FACT_20: "a.db" })().config.controller.storage.connection).toBe("a.db");
  const mapped = loading("", {
    APIP_GW_CONTROLLER_SERVER_API_PORT: "1",
    APIP_GW_ROUTER_LISTENER_PORT: "2",
  })();
  expect([mapped.config.controller.server.api_port, mapped.config.router.listener_port]).toEqual([
    9090, 8080,
  ]);
  expect(loading('[controller.storage]\ntype = "memory"')).toThrow(UserError);
  // Empty, so that a template may say what to take in its place; the configuration does not come that far.
  const level = (template: string) => ({
    policies: [
      { name: "tiny", version: "v1", params: { level: `{{ env "FACT_20_UNSET" ${template} }}` } },
    ],
  });
  expect((await faults("filled", level('| default "5"')))[0]).toBe(201);
  expect(await faults("asked", level('| required "say a level"'))).toEqual([
    ...[400, ["spec.policies[0].params.level"]],
  ]);
  expect((await faults("empty", { ...level(""), context: "/empty" }))[0]).toBe(400);
});

test("fact 21: durations of documents have one unit, and a connect timeout is longer than nothing", async () => {
  const definition = (connect: string) => ({
    upstreamDefinitions: [{ name: "d", timeout: { connect }, upstreams: [{ url: "http://d" }] }],
  });
  for (const timeout of ["1h30m", "-1s", "5", "1d"])
    expect(await faults("times", { resilience: { timeout } })).toEqual([
      400,
      ["spec.resilience.timeout"],
    ]);
  expect(await faults("times", definition("0s"))).toEqual([
    400,
    ["spec.upstreamDefinitions[0].timeout.connect"],
  ]);
  expect((await faults("times", { resilience: { timeout: "0s" } }))[0]).toBe(201);
  expect((await faults("more-times", { ...definition("1.5s"), context: "/more" }))[0]).toBe(201);
});
