import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "node:tls";
import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import type { GatewayOptions } from "../../../controller/options.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { eventually } from "../../eventually.ts";
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
  users: {url: "http://127.0.0.1:${upstream.port}/base", health_check: {path: /up, interval: 1s, timeout: 10s}}
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
  // Until the gateway has the keys of the store, too, it cannot say that a key is wrong.
  await eventually(async () => expect(await status("/keys/a", [["x-key", "wrong"]])).toBe(401));
});
afterAll(async () => {
  await t?.close();
  await upstream?.close();
  rmSync(folder, { recursive: true });
});

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
    expect(await get("/keys/a", [["x-key", "wrong"]])).toMatchObject({
      status: 401,
      text: '{"error":"Unauthorized","message":"Valid API key required"}',
    });
    expect(await status("/keys/a?key=wrong")).toBe(401);
    // A wrong key in the header is not saved by a right one in the query.
    expect(await status(`/keys/a?key=${encodeURIComponent(alice)}`, [["x-key", "wrong"]])).toBe(
      401,
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
    expect.poll(() => status(path), { timeout: 30_000 }).toBe(wanted);

  test("is closed without the token", async () => {
    const refused = (code: string, message: string) => ({ status: 401, body: { code, message } });
    expect(await admin("GET", "", undefined, "")).toEqual(
      refused("skip_authz", "no credentials were sent"),
    );
    for (const sent of [
      "Bearer ",
      "Bearer wrong",
      `Bearer ${token}x`,
      `Basic ${btoa(`a:${token}`)}`,
    ])
      expect(await admin("GET", "", undefined, sent)).toEqual(
        refused("authentication_failed", "the token is not valid"),
      );
    for (const method of ["POST", "PUT", "DELETE"])
      expect((await admin(method, "/open-all", {}, "Bearer wrong")).status).toBe(401);
  });

  test("makes, changes, switches off and takes away a route", async () => {
    const route = { path: "/new/*", service: "plain", authentication: [] };
    expect(await admin("POST", "", route)).toEqual({
      status: 201,
      body: { id: "new-all", status: "created" },
    });
    expect(await admin("POST", "", route)).toEqual({
      status: 409,
      body: { status: "error", message: "route 'new-all' already exists" },
    });
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
    expect(await admin("DELETE", "/new-all")).toEqual({ status: 204, body: null });
    await served("/new/x", 404);
    expect(await admin("DELETE", "/new-all")).toEqual({
      status: 404,
      body: { status: "error", message: "route 'new-all' not found" },
    });
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

describe("a key of the short form", () => {
  /** A gateway of its own with these keys, for one test. */
  async function withKeys(
    keys: string,
    run: (other: TestGateway, told: GatewayOptions) => Promise<void>,
    more: GatewayOptions = {},
  ): Promise<void> {
    const path = join(folder, "keys.yaml");
    const service = `services: {s: {url: "http://127.0.0.1:${upstream.port}"}}`;
    const text = keys.includes("services:") ? keys : `${service}\n${keys}`;
    writeFileSync(
      path,
      text.includes("routes:") ? text : `${text}\nroutes: [{path: /r/*, service: s}]`,
    );
    const told = gatewayOptions(loadConfig({ file: path, env: {} }).config);
    const own = { ...told, module, store: join(mkdtempSync(join(folder, "own-")), "gateway.db") };
    const other = await startTestGateway({
      ...own,
      host: "127.0.0.1",
      ...more,
      ports: { ...anyPorts, ...more.ports },
    });
    try {
      await run(other, told);
    } finally {
      await other.close();
    }
  }
  const statuses = async (other: TestGateway, count: number) => {
    const found: number[] = [];
    for (let i = 0; i < count; i++) found.push((await other.request("/r/x")).status);
    return found;
  };

  test("rate_limit 1000/minute is what answers say, and rate_limiting.default comes before it", async () => {
    const limits = "rate_limiting: {default: {requests: 2000, window: 2m}}";
    await withKeys(
      `${limits}\nroutes: [{path: /r/*, service: s, rate_limit: 1000/minute}]`,
      async (other) => {
        const { headers } = await other.request("/r/x");
        const of = (name: string) =>
          headers
            .filter(([key]) => key === name)
            .map(([, value]) => value)
            .join();
        expect(of("ratelimit-policy")).toContain("q=1000;w=60");
        expect(of("ratelimit-policy")).toContain("q=2000;w=120");
        expect(of("x-ratelimit-limit")).toContain("1000");
      },
    );
  });

  test("burst_size bounds a token bucket, which fills again, and is nothing to a sliding window", async () => {
    const keys = (algorithm: string) =>
      `rate_limiting: {algorithm: ${algorithm}, default: {requests: 720, window: 1h, burst_size: 2}}`;
    await withKeys(keys("token_bucket"), async (other) => {
      expect(await statuses(other, 3)).toEqual([200, 200, 429]);
      await expect
        .poll(async () => (await other.request("/r/x")).status, { timeout: 30_000 })
        .toBe(200);
    });
    await withKeys(keys("sliding_window"), async (other) => {
      expect(await statuses(other, 4)).toEqual([200, 200, 200, 200]);
    });
  });

  test("tls sets the certificate, the lowest version and the suites by their IANA names", async () => {
    const own = makeCertificate({ commonName: "short.example", names: ["localhost", "127.0.0.1"] });
    writeFileSync(join(folder, "cert.pem"), own.certificate);
    writeFileSync(join(folder, "cert.key"), own.key);
    const files = `cert_file: ${join(folder, "cert.pem")}, key_file: ${join(folder, "cert.key")}`;
    const hand = (port: number, options: ConnectionOptions) =>
      new Promise<{ cipher: string; protocol: string | null; name: string } | "refused">(
        (resolve) => {
          const socket = connect(
            { port, host: "127.0.0.1", rejectUnauthorized: false, ...options },
            () => {
              const { CN: name } = socket.getPeerCertificate().subject as { CN: string };
              resolve({
                cipher: socket.getCipher().standardName,
                protocol: socket.getProtocol(),
                name,
              });
              socket.destroy();
            },
          );
          socket.on("error", () => resolve("refused"));
        },
      );
    const ports = { ports: { https: 0 } } as GatewayOptions;
    await withKeys(
      `tls: {${files}, min_version: "1.3"}`,
      async ({ gateway }) => {
        const port = gateway.ports.https!;
        expect(await hand(port, { maxVersion: "TLSv1.2" })).toBe("refused");
        expect(await hand(port, {})).toMatchObject({ protocol: "TLSv1.3", name: "short.example" });
      },
      ports,
    );
    const suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    await withKeys(
      `tls: {${files}, cipher_suites: [${suite}]}`,
      async ({ gateway }) => {
        const port = gateway.ports.https!;
        const old = { maxVersion: "TLSv1.2" } as const;
        expect(await hand(port, old)).toMatchObject({ cipher: suite, protocol: "TLSv1.2" });
        expect(await hand(port, { ...old, ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" })).toBe(
          "refused",
        );
      },
      ports,
    );
  });

  test("security bounds headers, and the time of an answer", async () => {
    const slow = await startUpstream("hang");
    const services = `services: {s: {url: "http://127.0.0.1:${upstream.port}"}, slow: {url: "http://127.0.0.1:${slow.port}"}}`;
    const routes = "routes: [{path: /r/*, service: s}, {path: /slow/*, service: slow}]";
    try {
      await withKeys(
        `${services}\n${routes}\nsecurity: {max_header_size: 4KiB, request_timeout: 3s}`,
        async (other) => {
          const sized = (bytes: number) =>
            other.request({ path: "/r/x", headers: [["x-a", "a".repeat(bytes)]] });
          expect((await sized(2_000)).status).toBe(200);
          expect((await sized(6_000)).status).toBe(431);
          expect((await other.request("/slow/x")).status).toBe(504);
        },
      );
    } finally {
      await slow.close();
    }
  });

  test("logging.format and access_log say how a request is logged, and whether", async () => {
    const logged = async (keys: string): Promise<string> => {
      const lines: string[] = [];
      await withKeys(
        keys,
        async (other) => {
          await other.request("/r/seen");
          if (!keys.includes("false"))
            await expect.poll(() => lines.join("\n"), { timeout: 30_000 }).toContain("/r/seen");
        },
        {
          print: (text) => lines.push(...text.split("\n")),
          ...(keys.includes("false") ? {} : { accessLog: keys.includes("text") ? "text" : "json" }),
        },
      );
      return lines.find((line) => line.includes("/r/seen")) ?? "";
    };
    expect(JSON.parse(await logged("logging: {format: json}"))).toMatchObject({
      meth: "GET",
      respCd: 200,
    });
    const text = await logged("logging: {format: text}");
    expect(text).toContain("/r/seen");
    expect(text).not.toMatch(/^\{/);
    expect(await logged("logging: {access_log: false}")).toBe("");
  });

  test("health_check asks the service, and what it finds is told", async () => {
    const seen: string[] = [];
    const ill = await startUpstream(({ path }) => {
      seen.push(path);
      return { status: path === "/up" ? 503 : 200 };
    });
    const services = `services: {s: {url: "http://127.0.0.1:${ill.port}", health_check: {path: /up, interval: 200ms, timeout: 100ms}}}`;
    try {
      await withKeys(services, async ({ gateway }) => {
        const detail = async () =>
          (await (await fetch(`http://127.0.0.1:${gateway.ports.admin}/health/detail`)).json()) as {
            checks: { upstream_services: { status: string; message?: string } };
          };
        await expect
          .poll(async () => (await detail()).checks.upstream_services.status, { timeout: 30_000 })
          .toBe("degraded");
        await expect
          .poll(() => seen.filter((path) => path === "/up").length, { timeout: 30_000 })
          .toBeGreaterThan(3);
      });
    } finally {
      await ill.close();
    }
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
