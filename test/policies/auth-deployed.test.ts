/** Authentication in a real gateway: several ways on one route, and certificates where clients may show one. */
import { createServer } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { openPort, type OpenPort } from "../../controller/lab/http.ts";
import { allKeys, bearer, issuer, token } from "../../policies/jwt-auth/cases/tokens.ts";
import { authority, robot, shop } from "../../policies/mtls-auth/certificates.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";

let t: TestGateway;
let idp: OpenPort;
const names = ["multi-auth", "jwt-auth", "basic-auth", "mtls-auth"];
const policy = (name: string, params: object = {}) => ({ name, version: "v1", params });
const password = policy("basic-auth", { username: "ada", password: "pass" });
const byPassword = { authorization: `Basic ${Buffer.from("ada:pass").toString("base64")}` };

beforeAll(async () => {
  idp = await openPort(createServer((_, response) => void response.end(allKeys)));
  t = await startTestGateway({
    module: (await build(names.map((one) => join("policies", one)))).wasm,
    ports: { https: 0 },
    tls: { ...robot, clientAuthority: authority, clientCertificates: "optional" },
    policyConfigurations: {
      jwtauth_v1: {
        keymanagers: [
          { name: "main", issuer, jwks: { remote: { uri: `http://127.0.0.1:${idp.port}/keys` } } },
        ],
      },
    },
  });
});
afterAll(async () => {
  await t.close();
  await idp.close();
});

const deploy = (name: string, params: object) =>
  t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi(name, t.upstream.port, {
      context: `/${name}`,
      policies: [policy("multi-auth", params)],
    }),
  );

/** Over HTTPS. */
const get = (path: string, shown: object = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    httpsRequest(
      {
        ...{ host: "127.0.0.1", port: t.gateway.ports.https!, path, agent: false },
        ...{ rejectUnauthorized: false, ...shown },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    )
      .on("error", reject)
      .end();
  });

test("one of several is enough, with the gateway's key managers and their service", async () => {
  const answer = await deploy("any", { anyOf: [policy("jwt-auth"), password] });
  expect(answer.body).toMatchObject({ status: { problem: null } });
  const send = async (headers: Record<string, string>) =>
    (await t.request({ path: "/any/x", headers })).status;
  expect(await send(bearer(token()))).toBe(200);
  expect(await send(byPassword)).toBe(200);
  expect(await send(bearer("no.token.atall"))).toBe(401);
  expect(await send({})).toBe(401);
});

test("a certificate is one of several where clients need not show one", async () => {
  await deploy("certified", { anyOf: [policy("mtls-auth", { commonNames: ["robot"] }), password] });
  expect(await get("/certified/x", { cert: robot.certificate, key: robot.key })).toBe(200);
  expect(await get("/certified/x", { cert: shop.certificate, key: shop.key })).toBe(401);
  expect(await get("/certified/x")).toBe(401);
  expect(await get("/certified/x", { headers: byPassword })).toBe(200);
  const pretended = { "x-forwarded-client-cert": 'Subject="CN=robot"' };
  expect((await t.request({ path: "/certified/x", headers: pretended })).status).toBe(401);
});

test.each([
  ["one that is not there", [password, policy("no-auth")], "params.anyOf[1].name"],
  [
    "parameters that do not fit",
    [password, policy("basic-auth", { realm: 1, x: 2 })],
    "params.anyOf[1].params.x",
  ],
  [
    "what only the gateway sets",
    [password, policy("jwt-auth", { keymanagers: [] })],
    "params.anyOf[1].params.keymanagers",
  ],
])("nothing is deployed with %s among them", async (_, anyOf, field) => {
  const { status, body } = await deploy("wrong", { anyOf });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain(field);
});
