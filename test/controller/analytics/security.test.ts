import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const password = "open-sesame-314";
const apiKey = "key-that-nobody-may-ever-see-2718281828";
const policies: Record<string, object> = {
  "jwt-auth": {},
  "opaque-token-auth": {},
  "hmac-auth": { keys: [{ keyId: "robot", secret: "s".repeat(32) }] },
  "mtls-auth": {},
  "api-key-auth": { in: "header" },
  "basic-auth": { username: "ada", password },
};

let t: TestGateway;
let folder: string;
let signingKey: CryptoKey;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-events-"));
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  signingKey = privateKey;
  const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "ES256", use: "sig" };
  const inline = JSON.stringify({ keys: [jwk] });
  t = await startTestGateway({
    module: (await build(Object.keys(policies).map((name) => join("policies", name)))).wasm,
    policyConfigurations: {
      opaquetokenauth_v1: {
        introspectionproviders: [{ name: "p", introspection: { uri: "http://127.0.0.1:1/x" } }],
      },
      jwtauth_v1: {
        keymanagers: [{ name: "idp", issuer: "https://idp", jwks: { local: { inline } } }],
      },
    },
    accessLog: "off",
    record: {
      security: {
        ...{ successes: 1, failures: 1 },
        outputs: {
          queueSize: 1_000,
          file: { path: join(folder, "security.log"), maxBytes: 1 << 20, maxFiles: 2 },
        },
      },
    },
  });
  const operations = [
    { method: "GET", path: "/open" },
    ...Object.entries(policies).map(([name, params]) => ({
      ...{ method: "GET", path: `/${name}` },
      policies: [{ name, version: "v1", params }],
    })),
    {
      ...{ method: "GET", path: "/either" },
      policies: [
        {
          ...{ name: "basic-auth", version: "v1" },
          params: { username: "ada", password, allowUnauthenticated: true },
        },
        { name: "api-key-auth", version: "v1", params: { in: "header" } },
      ],
    },
  ];
  const api = restApi("pets", t.upstream.port, { operations });
  const answer = await t.manage("POST", "/rest-apis?wait=10s", api);
  expect([answer.status, answer.body.errors]).toEqual([201, undefined]);
  const key = { name: "mine-1", apiKey };
  expect((await t.manage("POST", "/rest-apis/pets/api-keys", key)).status).toBe(201);
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true, force: true });
});

type Event = Record<string, unknown>;
const events = async (): Promise<Event[]> =>
  (await readFile(join(folder, "security.log"), "utf8").catch(() => ""))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event);

const asked = async (path: string, headers: [string, string][] = []): Promise<number> =>
  (await t.request({ path: `/pets${path}`, headers })).status;
const eventsOf = (path: string, count = 1) =>
  expect
    .poll(async () => (await events()).filter((one) => one["path"] === `/pets${path}`), {
      timeout: 30_000,
    })
    .toHaveLength(count)
    .then(async () => (await events()).filter((one) => one["path"] === `/pets${path}`));

const basic = (text: string): [string, string] => [
  "authorization",
  `Basic ${Buffer.from(text).toString("base64")}`,
];

test.each(Object.keys(policies))(
  "%s tells of a caller who shows nothing, with why and from where",
  async (name) => {
    expect(await asked(`/${name}`)).toBe(401);
    expect(await eventsOf(`/${name}`)).toEqual([
      expect.objectContaining({
        ...{ event: "authentication", outcome: "failure", claimed: null, status: 401 },
        method: {
          "jwt-auth": "jwt",
          "opaque-token-auth": "opaque",
          "hmac-auth": "hmac",
          "mtls-auth": "mtls",
          "api-key-auth": "apikey",
          "basic-auth": "basic",
        }[name],
        reason: expect.stringMatching(/^there (is|are) no /),
        client: { ip: "127.0.0.1", userAgent: null },
        api: "pets",
        operation: { method: "GET", path: `/${name}` },
      }),
    ]);
  },
);

test("a success says who, how and with which credential", async () => {
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setIssuer("https://idp")
    .setSubject("grace\tand\nco")
    .setExpirationTime("1h")
    .sign(signingKey);
  expect(await asked("/jwt-auth?a", [["authorization", `Bearer ${token}`]])).toBe(200);
  await expect.poll(events, { timeout: 30_000 }).toContainEqual(
    expect.objectContaining({
      ...{ outcome: "success", method: "jwt", subject: "grace and co" },
      ...{ issuer: "https://idp", status: 200 },
    }),
  );
  expect(await asked("/api-key-auth?a", [["api-key", apiKey]])).toBe(200);
  await expect
    .poll(events, { timeout: 30_000 })
    .toContainEqual(
      expect.objectContaining({ outcome: "success", method: "apikey", credential: "mine-1" }),
    );
  expect(await readFile(join(folder, "security.log"), "utf8")).not.toContain(token);
});

test("a wrong password names whom it was for only if there is somebody of that name, and is never shown", async () => {
  expect(await asked("/basic-auth", [basic(`ada:wrong-${password}`)])).toBe(401);
  expect(await asked("/basic-auth", [basic(`${password}:ada`)])).toBe(401);
  await expect
    .poll(
      async () =>
        (await events()).filter(({ reason }) => reason === "the name or the password is wrong"),
      { timeout: 30_000 },
    )
    .toEqual([
      expect.objectContaining({ claimed: "ada" }),
      expect.objectContaining({ claimed: null }),
    ]);
  const text = await readFile(join(folder, "security.log"), "utf8");
  for (const secret of [password, apiKey, Buffer.from(`ada:wrong-${password}`).toString("base64")])
    expect(text).not.toContain(secret);
});

test("each policy of a chain that decides makes an event, and a request without one makes none", async () => {
  expect(await asked("/either", [["api-key", apiKey]])).toBe(200);
  expect(await eventsOf("/either", 2)).toEqual([
    expect.objectContaining({ method: "basic", outcome: "failure" }),
    expect.objectContaining({ method: "apikey", outcome: "success" }),
  ]);
  expect(await asked("/open")).toBe(200);
  expect(await asked("/mtls-auth?last")).toBe(401);
  await eventsOf("/mtls-auth", 2);
  expect((await events()).filter(({ path }) => path === "/pets/open")).toEqual([]);
});
