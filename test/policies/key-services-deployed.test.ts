/** Key services over TLS in a real gateway: whom it trusts is what its configuration says. */
import { createServer } from "node:https";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { openPort, type OpenPort } from "../../controller/lab/http.ts";
import { makeCertificate } from "../../controller/tls/certificate.ts";
import { allKeys, bearer, issuer, token } from "../../policies/jwt-auth/cases/tokens.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";

const authority = makeCertificate({ commonName: "Key services", authority: true });
const named = (names: string[]) => makeCertificate({ commonName: "idp", names, issuer: authority });

let module: Uint8Array;
beforeAll(async () => {
  module = (await build(["policies/jwt-auth"])).wasm;
});

let t: TestGateway | undefined;
let idp: OpenPort;
let folder: string;
afterEach(async () => {
  await t?.close();
  t = undefined;
  await idp.close();
  await rm(folder, { recursive: true });
});

/** The status that a good token gets, or why the API was not deployed. */
async function ask(
  server: { certificate: string; key: string },
  jwks: (uri: string, file: (text: string) => Promise<string>) => Promise<object>,
): Promise<number | string> {
  folder = await mkdtemp(join(tmpdir(), "sluice-keys-"));
  const { certificate: cert, key } = server;
  idp = await openPort(createServer({ cert, key }, (_, response) => void response.end(allKeys)));
  const file = async (text: string): Promise<string> => {
    const path = join(folder, "file.pem");
    await writeFile(path, text);
    return path;
  };
  const keys = await jwks(`https://127.0.0.1:${idp.port}/keys`, file);
  const section = { keymanagers: [{ name: "main", issuer, jwks: keys }], retrycount: 0 };
  t = await startTestGateway({ module, policyConfigurations: { jwtauth_v1: section } });
  const api = restApi("a", t.upstream.port, { policies: [{ name: "jwt-auth", version: "v1" }] });
  const { status, body } = await t.manage("POST", "/rest-apis?wait=10s", api);
  if (status !== 201) return JSON.stringify(body);
  return (await t.request({ path: "/a/x", headers: bearer(token()) })).status;
}

const good = named(["127.0.0.1"]);

test.each([
  ["the authority that it names", good, authority.certificate, 200],
  [
    "another authority",
    good,
    makeCertificate({ commonName: "x", authority: true }).certificate,
    401,
  ],
  ["the authority, for another name", named(["idp.example"]), authority.certificate, 401],
])(
  "keys come from a service with a certificate of %s, or do not",
  async (_, server, pem, status) => {
    const asked = ask(server, async (uri, file) => ({
      remote: { uri, certificatePath: await file(pem) },
    }));
    expect(await asked).toBe(status);
  },
);

test("a service that the gateway knows nothing of is not trusted, unless it is told not to look", async () => {
  expect(await ask(good, async (uri) => ({ remote: { uri } }))).toBe(401);
  await t?.close();
  await idp.close();
  expect(await ask(good, async (uri) => ({ remote: { uri, skipTlsVerify: true } }))).toBe(200);
});

test("keys are read from a file", async () => {
  expect(
    await ask(good, async (_, file) => ({ local: { certificatePath: await file(allKeys) } })),
  ).toBe(200);
});

test.each([
  [
    "a file that is not there",
    (uri: string) => ({ uri, certificatePath: "/no/such.pem" }),
    "can be read",
  ],
  [
    "a file without certificates",
    (uri: string) => ({ uri, certificatePath: "package.json" }),
    "certificates in PEM",
  ],
  [
    "http",
    (uri: string) => ({ uri: uri.replace("https", "http"), skipTlsVerify: true }),
    "an https URL",
  ],
])("%s is said when the policy is used", async (_, remote, words) => {
  const told = await ask(good, async (uri) => ({ remote: remote(uri) }));
  expect(told).toContain("policy_configurations.jwtauth_v1.keymanagers[0].jwks.remote");
  expect(told).toContain(words);
});
