import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const authority = makeCertificate({ commonName: "Corp authority", authority: true });
const other = makeCertificate({ commonName: "Other authority", authority: true });
const own = makeCertificate({ commonName: "localhost", names: ["localhost"], issuer: authority });

let t: TestGateway;
let upstream: Server;
beforeAll(async () => {
  // Each request asks for a new connection, and so for the trust of that moment.
  upstream = createServer({ cert: own.certificate, key: own.key }, (_, response) =>
    response.setHeader("connection", "close").end("secure"),
  );
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  t = await startTestGateway();
  const url = `https://localhost:${(upstream.address() as AddressInfo).port}`;
  const api = restApi("secure", 1, { upstream: { main: { url } } });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
});
afterAll(async () => {
  await t.close();
  upstream.close();
});

const upload = (name: string, certificate: string) =>
  t.manage("POST", "/certificates", { name, certificate });
const served = (status: number) =>
  expect.poll(async () => (await t.request("/secure/x")).status, { timeout: 30_000 }).toBe(status);

test("an upstream is trusted while its authority is uploaded, without a restart", async () => {
  await served(503);
  const added = await upload("corp-ca", other.certificate + authority.certificate);
  expect(added).toMatchObject({
    status: 201,
    body: {
      name: "corp-ca",
      subject: "CN=Other authority",
      issuer: "CN=Other authority",
      count: 2,
      status: "success",
    },
  });
  await served(200);
  const again = await upload("corp-ca-again", authority.certificate);
  expect(again.status).toBe(201);
  const list = await t.manage("GET", "/certificates");
  expect(list.body).toMatchObject({ totalCount: 2, status: "success" });
  expect(Number(list.body.totalBytes)).toBeGreaterThan(1_000);
  expect(JSON.stringify(list.body)).not.toContain("BEGIN");
  expect((await t.manage("DELETE", `/certificates/${added.body.id}`)).status).toBe(200);
  await served(200);
  expect((await t.manage("DELETE", `/certificates/${again.body.id}`)).status).toBe(200);
  await served(503);
  expect((await t.manage("DELETE", `/certificates/${again.body.id}`)).status).toBe(404);
});

test("reload brings what the store has", async () => {
  expect(await t.manage("POST", "/certificates/reload")).toMatchObject({
    status: 200,
    body: { status: "success", totalBytes: 0 },
  });
});

describe("an upload is refused", () => {
  test.each([
    ["without a name", { certificate: authority.certificate }, "name"],
    ["with a path for a name", { name: "../x", certificate: authority.certificate }, "name"],
    ["without a certificate", { name: "a" }, "certificate"],
    ["with something else", { name: "a", certificate: "hello" }, "certificate"],
    [
      "with a broken certificate",
      {
        name: "a",
        certificate: authority.certificate
          .replace(/[A-Z]{4}(?=.{30}\n-----END)/, "!!!!")
          .replace("MII", "AAA"),
      },
      "certificate",
    ],
    [
      "with a private key",
      { name: "a", certificate: authority.certificate + authority.key },
      "certificate",
    ],
  ])("%s", async (_, body, field) => {
    const answer = await t.manage("POST", "/certificates", body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
    expect(JSON.stringify(answer.body)).not.toContain("PRIVATE KEY-----");
  });

  test("under a name that is taken", async () => {
    const first = await upload("twice", other.certificate);
    expect((await upload("twice", authority.certificate)).status).toBe(409);
    await t.manage("DELETE", `/certificates/${first.body.id}`);
  });
});
