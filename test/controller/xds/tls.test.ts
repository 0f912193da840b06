import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { startEnvoy } from "../../../controller/agent/envoy.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const authority = makeCertificate({ commonName: "Test authority", authority: true });
const issued = (commonName: string, names: string[]) =>
  makeCertificate({ commonName, names, issuer: authority });
const server = issued("gateway", ["gateway.example"]);
const client = issued("client", []);

let t: TestGateway;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-tls-"));
  for (const [name, text] of Object.entries({
    "client.pem": client.certificate,
    "client.key": client.key,
    "authority.pem": authority.certificate,
  }))
    await writeFile(join(folder, name), text);
  t = await startTestGateway({
    ports: { https: 0 },
    tls: { ...server, clientAuthority: authority.certificate },
    xdsTls: {
      ...issued("controller", ["controller.example"]),
      clientAuthority: authority.certificate,
      envoy: {
        certificateFile: join(folder, "client.pem"),
        keyFile: join(folder, "client.key"),
        authorityFile: join(folder, "authority.pem"),
        serverName: "controller.example",
      },
    },
  });
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const get = (options: RequestOptions) =>
  new Promise<number>((resolve, reject) => {
    const port = t.gateway.ports.https!;
    httpsRequest(
      {
        host: "127.0.0.1",
        port,
        path: "/a/x",
        servername: "gateway.example",
        ca: authority.certificate,
        agent: false,
        ...options,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    )
      .on("error", reject)
      .end();
  });

test("HTTPS serves with the certificate it was given, to clients that have one of the authority's", async () => {
  expect(await get({ cert: client.certificate, key: client.key })).toBe(200);
  await expect(get({})).rejects.toThrow();
  const stranger = makeCertificate({ commonName: "stranger" });
  await expect(get({ cert: stranger.certificate, key: stranger.key })).rejects.toThrow();
});

test("HTTP/2 is negotiated", async () => {
  const session = connectHttp2(`https://127.0.0.1:${t.gateway.ports.https}`, {
    servername: "gateway.example",
    ca: authority.certificate,
    cert: client.certificate,
    key: client.key,
  });
  const status = await new Promise((resolve, reject) => {
    session.on("error", reject);
    const stream = session.request({ ":path": "/a/x" });
    stream.on("response", (headers) => resolve(headers[":status"]));
    stream.resume();
  });
  session.close();
  expect(status).toBe(200);
});

test("an Envoy without a certificate gets nothing over xDS", async () => {
  const envoy = await startEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: bootstrap({
      nodeId: "stranger",
      controllers: [{ host: "127.0.0.1", port: t.gateway.ports.xds }],
    }),
  });
  await eventually(async () => {
    const stats = await envoy.admin(
      "/stats?filter=cluster.controllers.upstream_cx_(connect_fail|destroy)$",
    );
    if (!/: [1-9]/.test(stats)) throw new Error(`no connection has failed yet: ${stats}`);
  });
  // Between its attempts: a call counts as connected until the port has read that this is no TLS.
  await eventually(async () =>
    expect(await envoy.admin("/stats?filter=control_plane.connected_state")).toContain(": 0"),
  );
  expect(t.gateway.control.status("a").gateways.map(({ id }) => id)).not.toContain("stranger");
  await envoy.stop();
});

test("a certificate of our own is one that others can read", () => {
  const parsed = new X509Certificate(
    makeCertificate({ commonName: "x", names: ["a.example", "127.0.0.1"], days: 20_000 })
      .certificate,
  );
  expect(parsed.subject).toBe("CN=x");
  expect(parsed.subjectAltName).toBe("DNS:a.example, IP Address:127.0.0.1");
  expect(parsed.checkIssued(parsed)).toBe(true);
});
