import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-people-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "gateway.db");
}

async function start(options: Parameters<typeof startTestGateway>[0]): Promise<TestGateway> {
  const t = await startTestGateway({ envoy: "none", ...options });
  closing.push(() => t.close());
  return t;
}

test("an address for a network gets an admin with a random password, shown once and never logged", async () => {
  const store = fresh();
  const said: string[] = [];
  const first = await start({ store, host: "0.0.0.0", announce: (line) => said.push(line) });
  const [, password = ""] = /user admin, password (\S+)/.exec(said.join()) ?? [];
  expect(password.length).toBeGreaterThanOrEqual(24);
  expect(first.logs.join()).not.toContain(password);
  expect((await first.manage("GET", "/rest-apis")).status).toBe(401);
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  expect((await first.manage("GET", "/rest-apis", undefined, { authorization })).status).toBe(200);
  await first.close();

  const again = await start({ store, host: "0.0.0.0", announce: (line) => said.push(line) });
  expect(said).toHaveLength(1);
  expect((await again.manage("GET", "/rest-apis", undefined, { authorization })).status).toBe(200);
});

test("an address for a network without any way to sign in does not start", async () => {
  await expect(start({ host: "0.0.0.0", passwords: false })).rejects.toThrow("for loopback only");
});

test("loopback without users is open, until there is one", async () => {
  const t = await start({});
  expect((await t.manage("GET", "/users")).status).toBe(200);
  const user = { username: "ada", password: "ada's long password", roles: ["admin"] };
  expect((await t.manage("POST", "/users", user)).status).toBe(201);
  expect((await t.manage("GET", "/users")).status).toBe(401);
});

test("a web page of somebody else cannot use an open port, nor the browser's credentials", async () => {
  const t = await start({});
  const { request } = await import("node:http");
  const status = (headers: Record<string, string>, port = t.gateway.ports.management) =>
    new Promise<number>((resolve, reject) =>
      request(
        { port, host: "127.0.0.1", path: "/api/management/v1/rest-apis", headers },
        (answer) => resolve(answer.resume().statusCode ?? 0),
      )
        .on("error", reject)
        .end(),
    );
  const own = `127.0.0.1:${t.gateway.ports.management}`;
  expect(await status({ host: own })).toBe(200);
  expect(await status({ host: own, origin: `http://${own}` })).toBe(200);
  expect(await status({ host: own, origin: "https://evil.example" })).toBe(403);
  expect(await status({ host: own, origin: "null" })).toBe(403);
  expect(await status({ host: "rebound.example:9090" })).toBe(403);
  expect(await status({ host: own, "sec-fetch-site": "cross-site" })).toBe(403);
});
