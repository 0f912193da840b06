import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import type { GatewayOptions } from "../../../controller/options.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { anyPorts, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-short-"));
const store = join(folder, "gateway.db");
const token = "a-token-of-the-configuration";
const [alice, bob] = ["alice's key is long enough", "bob's key is long enough too"];
let upstream: UpstreamServer;
let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
let module: Uint8Array;
let t: TestGateway;

/** The twenty lines that a user writes. */
const file = (extra = "") => `
server: {admin_token: ${token}}
services:
  users: {url: "http://127.0.0.1:${upstream.port}/base", health_check: {path: /up, interval: 1s, timeout: 1s}}
  plain: {url: "http://127.0.0.1:${upstream.port}"}
routes:
  - {path: /open/*, service: plain, authentication: []}
  - {path: /stripped/*, service: users, strip_prefix: true, authentication: []}
  - {path: /exact, service: plain, authentication: [], methods: [GET]}
  - {path: /limited/*, service: plain, authentication: [], rate_limit: 2/hour}
  - {path: /slow/*, service: plain, authentication: []}
  - {path: /tokens/*, service: plain, authentication: [jwt]}
  - {path: /keys/*, service: plain, authentication: [api_key]}
  - {path: /either/*, service: plain}
  - {path: /off/*, service: plain, enabled: false}
${extra}
authentication:
  jwt: {issuer: "https://idp.example", audience: gateway, algorithms: [RS256], public_key: ${join(folder, "key.pem")}}
  api_key:
    header: X-Key
    query_param: key
    keys: [{name: alice, key: "${alice}"}, {name: bob, key: "${bob}", rate_limit: 1/hour}]
rate_limiting:
  algorithm: token_bucket
  default: {requests: 1000, window: 1m, burst_size: 500}
  per_endpoint: {/slow/*: 1/hour}
`;

function options(extra?: string): GatewayOptions {
  const path = join(folder, "gateway.yaml");
  writeFileSync(path, file(extra));
  const told = gatewayOptions(loadConfig({ file: path, env: {} }).config);
  return { ...told, store, module, host: "127.0.0.1", accessLog: "off", ports: anyPorts };
}

beforeAll(async () => {
  upstream = await startUpstream(({ method, path, headers }) => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method, path, headers }),
  }));
  keys = await generateKeyPair("RS256");
  writeFileSync(join(folder, "key.pem"), await exportSPKI(keys.publicKey));
  const shelf = ["advanced-ratelimit", "api-key-auth", "jwt-auth"];
  module = (await build(shelf.map((name) => join("policies", name)))).wasm;
  t = await startTestGateway(options());
});
afterAll(async () => {
  await t?.close();
  await upstream?.close();
  rmSync(folder, { recursive: true });
});

/** 503: the key is not among those of the configuration, and keys of the store have not come yet. */
const refusals = [401, 503];
const get = (path: string, headers: [string, string][] = []) => t.request({ path, headers });
const status = async (path: string, headers: [string, string][] = []) =>
  (await get(path, headers)).status;
const bearer = async (audience = "gateway"): Promise<[string, string]> => {
  const made = new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setSubject("ada")
    .setIssuer("https://idp.example")
    .setAudience(audience)
    .setExpirationTime("5m");
  return ["authorization", `Bearer ${await made.sign(keys.privateKey)}`];
};

describe("a route of the short form", () => {
  test("forwards what its path says, with or without the prefix", async () => {
    expect(JSON.parse((await get("/open/a/b?c=d")).text)).toMatchObject({ path: "/open/a/b?c=d" });
    expect(JSON.parse((await get("/stripped/a/b?c=d")).text)).toMatchObject({
      path: "/base/a/b?c=d",
    });
    expect(JSON.parse((await get("/open")).text)).toMatchObject({ path: "/open" });
    expect(JSON.parse((await get("/exact")).text)).toMatchObject({ path: "/exact" });
    expect(await status("/exact/more")).toBe(404);
    expect((await t.request({ method: "POST", path: "/exact" })).status).toBe(404);
    expect((await t.request({ method: "DELETE", path: "/open/x" })).status).toBe(200);
    expect(await status("/off/x")).toBe(404);
    expect(await status("/unknown")).toBe(404);
  });

  test("has a limit of its own, and one for each address", async () => {
    expect([
      await status("/limited/a"),
      await status("/limited/b"),
      await status("/limited/c"),
    ]).toEqual([200, 200, 429]);
    expect([await status("/slow/a"), await status("/slow/b")]).toEqual([200, 429]);
    expect(await status("/open/a")).toBe(200);
  });

  test("asks for a token", async () => {
    expect(await status("/tokens/a")).toBe(401);
    expect(await status("/tokens/a", [await bearer("others")])).toBe(401);
    const sent = await bearer();
    const answer = await get("/tokens/a", [sent]);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(sent[1]);
    expect(await status("/tokens/a", [["x-key", alice]])).toBe(401);
  });

  test("asks for a key, in the header or the query, and does not pass it on", async () => {
    expect(await status("/keys/a")).toBe(401);
    expect(refusals).toContain(await status("/keys/a", [["x-key", "wrong"]]));
    expect(refusals).toContain(await status("/keys/a?key=wrong"));
    // A wrong key in the header is not saved by a right one in the query.
    expect(refusals).toContain(
      await status(`/keys/a?key=${encodeURIComponent(alice)}`, [["x-key", "wrong"]]),
    );
    for (const answer of [
      await get("/keys/a", [["x-key", alice]]),
      await get(`/keys/a?key=${encodeURIComponent(alice)}`),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain("alice");
    }
  });

  test("counts what a key may do", async () => {
    expect([
      await status("/keys/a", [["x-key", bob]]),
      await status("/keys/a", [["x-key", bob]]),
    ]).toEqual([200, 429]);
    expect(await status("/keys/a", [["x-key", alice]])).toBe(200);
  });

  test("takes either, and nobody without one", async () => {
    expect(await status("/either/a")).toBe(401);
    expect(await status("/either/a", [await bearer()])).toBe(200);
    expect(await status("/either/a", [["x-key", alice]])).toBe(200);
    expect(await status("/either/a", [["authorization", "Bearer x"]])).toBe(401);
    expect(await status("/either/a", [["authorization", ""]])).toBe(401);
    expect(
      await status("/either/a", [
        ["authorization", "Bearer x"],
        ["x-key", alice],
      ]),
    ).toBe(401);
  });
});

describe("/admin/routes", () => {
  const admin = async (method: string, path: string, body?: unknown, sent = `Bearer ${token}`) => {
    const answer = await fetch(`http://127.0.0.1:${t.gateway.ports.admin}/admin/routes${path}`, {
      method,
      headers: { authorization: sent, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text ? (JSON.parse(text) as Record<string, unknown>) : null,
    };
  };
  const served = (path: string, wanted: number) =>
    expect.poll(() => status(path), { timeout: 10_000 }).toBe(wanted);

  test("is closed without the token", async () => {
    for (const sent of ["", "Bearer ", "Bearer wrong", "Basic YWRtaW46YWRtaW4="])
      expect((await admin("GET", "", undefined, sent)).status).toBe(401);
  });

  test("makes, changes, switches off and takes away a route", async () => {
    const route = { path: "/new/*", service: "plain", authentication: [] };
    expect(await admin("POST", "", route)).toEqual({
      status: 201,
      body: { id: "new-all", status: "created" },
    });
    expect((await admin("POST", "", route)).status).toBe(409);
    await served("/new/x", 200);
    const { body } = await admin("GET", "");
    expect(body).toMatchObject({
      routes: expect.arrayContaining([
        { id: "new-all", path: "/new/*", service: "plain", enabled: true },
        { id: "off-all", path: "/off/*", service: "plain", enabled: false },
      ]) as unknown,
    });
    expect(await admin("PUT", "/new-all", { enabled: false })).toEqual({
      status: 200,
      body: { id: "new-all", status: "updated" },
    });
    await served("/new/x", 404);
    expect((await admin("PUT", "/new-all", { enabled: true, rate_limit: "1/hour" })).status).toBe(
      200,
    );
    await served("/new/x", 200);
    expect(await status("/new/x")).toBe(429);
    expect((await admin("DELETE", "/new-all")).status).toBe(204);
    await served("/new/x", 404);
    expect((await admin("DELETE", "/new-all")).status).toBe(404);
    expect((await admin("PUT", "/new-all", {})).status).toBe(404);
  });

  test.each([
    [{ path: "/x" }, "service"],
    [{ path: "x", service: "plain" }, "path"],
    [{ path: "/a/*/b", service: "plain" }, "path"],
    [{ path: "/x", service: "nobody" }, "service"],
    [{ path: "/x", service: "plain", rate_limit: "many" }, "rate_limit"],
    [{ path: "/x", service: "plain", strip_perfix: true }, "strip_perfix"],
    [{ path: "/x", service: "plain", id: "../../x" }, "id"],
  ])("refuses %j", async (route, field) => {
    const { status, body } = await admin("POST", "", route);
    expect(status).toBe(400);
    expect((body as { errors: { field: string }[] }).errors.map((error) => error.field)).toContain(
      field,
    );
  });

  test("leaves a trace in the audit log", async () => {
    await admin("POST", "", { path: "/traced", service: "plain" });
    const { body } = await t.manage("GET", "/audit?kind=Route&handle=traced");
    expect(body).toMatchObject({
      entries: [{ actor: "admin-token", action: "create", status: 201 }],
    });
    await admin("DELETE", "/traced");
  });
});

test("after a restart the file says what is served, and routes of the admin stay", async () => {
  const url = `http://127.0.0.1:${t.gateway.ports.admin}/admin/routes`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ path: "/kept/*", service: "plain", authentication: [] });
  expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
  await t.gateway.stop();
  const told = options("  - {path: /later/*, service: plain, authentication: []}");
  const { routes } = told.shortForm!;
  told.shortForm = { ...told.shortForm!, routes: routes.filter(({ path }) => path !== "/exact") };
  t = await startTestGateway(told);
  expect([await status("/kept/x"), await status("/later/x"), await status("/exact")]).toEqual([
    200, 200, 404,
  ]);
});
