import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
let server: Server;
let ours: { privateKey: CryptoKey; publicKey: CryptoKey };
let theirs: typeof ours;

beforeAll(async () => {
  ours = await generateKeyPair("RS256", { extractable: true });
  theirs = await generateKeyPair("RS256");
  const keys = JSON.stringify({
    keys: [{ ...(await exportJWK(ours.publicKey)), kid: "a", alg: "RS256" }],
  });
  server = createServer((_, response) => response.end(keys)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t = await startTestGateway({
    envoy: "none",
    passwords: false,
    identityProvider: {
      issuer: "https://idp.example",
      jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      audience: ["gateway"],
      rolesClaim: "realm.roles",
      roleMapping: { admin: ["gw-admins"], developer: ["*"] },
    },
  });
});
afterAll(async () => {
  await t.close();
  server.close();
});

const claims = { realm: { roles: ["gw-admins"] } };
const token = (
  payload: JWTPayload,
  how: { key?: CryptoKey; issuer?: string; audience?: string; expires?: string } = {},
) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: "RS256", kid: "a" })
    .setSubject("ada")
    .setIssuer(how.issuer ?? "https://idp.example")
    .setAudience(how.audience ?? "gateway")
    .setExpirationTime(how.expires ?? "5m")
    .sign(how.key ?? ours.privateKey);
const bare = (header: object = {}) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: "a", ...header })
    .setSubject("ada")
    .setIssuer("https://idp.example")
    .setAudience("gateway");
const get = async (path: string, bearer: string) =>
  t.manage("GET", path, undefined, { authorization: `Bearer ${bearer}` });

test("a token of the provider is taken, with the roles that the mapping makes of its claim", async () => {
  expect((await get("/users", await token(claims))).status).toBe(200);
  const other = await token({ realm: { roles: ["staff"] } });
  expect((await get("/rest-apis", other)).status).toBe(200);
  expect((await get("/users", other)).status).toBe(403);
  // A role of ours by name means nothing when the mapping says otherwise.
  expect((await get("/users", await token({ realm: { roles: ["admin"] } }))).status).toBe(403);
});

test.each([
  ["signed by somebody else", () => token(claims, { key: theirs.privateKey })],
  ["of another issuer", () => token(claims, { issuer: "https://evil.example" })],
  ["for another audience", () => token(claims, { audience: "shop" })],
  ["that is over", () => token(claims, { expires: "-5m" })],
  [
    "without a signature",
    async () => {
      const [, body] = (await token(claims)).split(".");
      return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
    },
  ],
  [
    "signed with the public key as a shared secret",
    async () => {
      const [, body] = (await token(claims)).split(".");
      const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(ours.publicKey)));
      const payload = JSON.parse(Buffer.from(body!, "base64url").toString()) as JWTPayload;
      return new SignJWT(payload).setProtectedHeader({ alg: "HS256", kid: "a" }).sign(secret);
    },
  ],
  ["that never ends", () => bare().sign(ours.privateKey)],
  [
    "that begins later",
    () => bare().setExpirationTime("5m").setNotBefore("2m").sign(ours.privateKey),
  ],
  ["of nobody", () => bare().setExpirationTime("5m").setSubject("").sign(ours.privateKey)],
  [
    "that brings its own key",
    async () =>
      bare({ jwk: await exportJWK(theirs.publicKey) })
        .setExpirationTime("5m")
        .sign(theirs.privateKey),
  ],
  [
    "that says where its keys are",
    () =>
      bare({ jku: "https://evil.example/keys" }).setExpirationTime("5m").sign(theirs.privateKey),
  ],
  ["that is none", async () => "abc"],
])("a token %s is refused", async (_, make) => {
  expect(await get("/rest-apis", await make())).toMatchObject({
    status: 401,
    body: { code: "authentication_failed" },
  });
});

test("passwords are refused where only tokens are taken", async () => {
  const authorization = `Basic ${Buffer.from("admin:admin").toString("base64")}`;
  expect((await t.manage("GET", "/rest-apis", undefined, { authorization })).status).toBe(401);
});

test("a token that names a local user, or our role by our name, has what its mapped claim says", async () => {
  const named = await new SignJWT({
    realm: { roles: ["staff", "admin"] },
    roles: ["admin"],
    admin: true,
  })
    .setProtectedHeader({ alg: "RS256", kid: "a" })
    .setSubject("root")
    .setIssuer("https://idp.example")
    .setAudience("gateway")
    .setExpirationTime("5m")
    .sign(ours.privateKey);
  expect((await get("/rest-apis", named)).status).toBe(200);
  expect((await get("/users", named)).status).toBe(403);
});
