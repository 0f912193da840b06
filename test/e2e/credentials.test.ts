/**
 * Consumers by each kind of credential, from the management API over an agent to the policies in a real Envoy; passwords
 * are compared by the agent itself.
 */
import { createHmac } from "node:crypto";
import { hashSync } from "bcryptjs";
import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { eventually } from "../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { send } from "../runners/client.ts";
import { startTestAgent, stateFolder, type TestAgent } from "./fleet.ts";

const issuer = "https://idp.example";
const keys = await generateKeyPair("RS256");
const cost = 4;

let controller: TestGateway;
let gateway: TestAgent;
let state: Awaited<ReturnType<typeof stateFolder>>;
beforeAll(async () => {
  const names = ["basic-auth", "hmac-auth", "jwt-auth", "acl"];
  const { wasm } = await build(names.map((name) => `policies/${name}`));
  const inline = await exportSPKI(keys.publicKey);
  controller = await startTestGateway({
    module: wasm,
    envoy: "none",
    policyConfigurations: {
      jwtauth_v1: { keymanagers: [{ name: "idp", issuer, jwks: { local: { inline } } }] },
    },
  });
  const guarded = (name: string, policy: string, params: object) =>
    manage(
      "POST",
      "/rest-apis",
      restApi(name, controller.upstream.port, {
        policies: [
          { name: policy, version: "v1", params },
          { name: "acl", version: "v1", params: { allow: { groups: ["partners"] } } },
        ],
      }),
    );
  await guarded("basic", "basic-auth", { consumers: true });
  await guarded("hmac", "hmac-auth", { signedHeaders: ["(request-target)", "date"] });
  await guarded("jwt", "jwt-auth", { consumers: true });
  const passwordHash = hashSync("the password of one", cost);
  await manage(
    "POST",
    "/rest-apis",
    restApi("hashed", controller.upstream.port, {
      policies: [{ name: "basic-auth", version: "v1", params: { username: "one", passwordHash } }],
    }),
  );
  await manage("POST", "/consumers", consumer("acme", ["partners"]));
  await manage("POST", "/consumers", consumer("other", []));
  state = await stateFolder();
  gateway = await startTestAgent({
    urls: `http://127.0.0.1:${controller.gateway.ports.xds}`,
    stateFolder: state.folder,
  });
});
afterAll(async () => {
  await gateway?.agent.stop();
  await controller.close();
  await state?.remove();
});

async function manage(method: string, path: string, document: object): Promise<void> {
  const { status, body } = await controller.manage(method, path, document);
  expect([path, status < 300, body]).toEqual([path, true, body]);
}

const passwordOf = (name: string): string => `password of ${name}`;
const secretOf = (name: string): string => `the shared secret of ${name}`.replaceAll(" ", "-");
const consumer = (name: string, groups: string[], credentials = credentialsOf(name)) => ({
  ...{ kind: "Consumer", metadata: { name }, spec: { groups, credentials } },
});
const credentialsOf = (name: string): object[] => [
  { type: "basic", username: name, passwordHash: hashSync(passwordOf(name), cost) },
  { type: "hmac", keyId: name, secret: secretOf(name) },
  { type: "jwt", issuer, subject: name },
];

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});

function signed(name: string, secret: string) {
  // No two requests are the same: one that was used before is refused.
  const [date, nonce] = [new Date().toUTCString(), String(Math.random())];
  const text = `(request-target): get /hmac/x\ndate: ${date}\nx-nonce: ${nonce}`;
  const mark = createHmac("sha256", secret).update(text).digest("base64");
  const authorization =
    `Signature keyId="${name}",algorithm="hmac-sha256",` +
    `headers="(request-target) date x-nonce",signature="${mark}"`;
  return { date, "x-nonce": nonce, authorization };
}

async function token(subject: string, key = keys.privateKey) {
  const jwt = new SignJWT({}).setProtectedHeader({ alg: "RS256" }).setIssuer(issuer);
  const signed = await jwt.setSubject(subject).setExpirationTime("5m").sign(key);
  return { authorization: `Bearer ${signed}` };
}

/** What a consumer shows, and what looks like it. */
const kinds: [kind: string, good: Shows, bad: Shows][] = [
  ["basic", (name) => basic(name, passwordOf(name)), (name) => basic(name, "password of no one")],
  ["hmac", (name) => signed(name, secretOf(name)), (name) => signed(name, secretOf("no one"))],
  ["jwt", token, async (name) => token(name, (await generateKeyPair("RS256")).privateKey)],
];
type Headers = Record<string, string>;
type Shows = (name: string) => Headers | Promise<Headers>;

const status = async (path: string, headers: Headers): Promise<number> =>
  (await send(gateway.httpPort, { path, headers })).status;

test.each(kinds)(
  "%s: a consumer passes by it and its groups, no one else does",
  async (kind, good, bad) => {
    const path = `/${kind}/x`;
    expect(await status(path, await good("acme"))).toBe(200);
    expect(await status(path, await bad("acme"))).toBe(401);
    expect(await status(path, await good("other"))).toBe(403);
    expect(await status(path, {})).toBe(401);
  },
);

test("a password is held against its bcrypt hash by the agent", async () => {
  expect(await status("/hashed/x", basic("one", "the password of one"))).toBe(200);
  expect(await status("/hashed/x", basic("one", "the password of two"))).toBe(401);
  expect(await status("/hashed/x", basic("two", "the password of one"))).toBe(401);
});

test("a credential that is taken from a consumer is good no longer", async () => {
  await manage("PUT", "/consumers/acme", consumer("acme", ["partners"], []));
  for (const [kind, good] of kinds)
    await eventually(async () => {
      // A token stays good: what it lost is its consumer, and with it the groups.
      expect(await status(`/${kind}/x`, await good("acme"))).toBe(kind === "jwt" ? 403 : 401);
    });
});
