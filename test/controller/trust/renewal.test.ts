/** Certificates change while requests go on, in a real Envoy. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, createServer, request, type RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followCertificates } from "../../../cli/run/certificates.ts";
import { makeCertificate, type Authority } from "../../../controller/tls/certificate.ts";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { startLoad } from "../fixtures/load.ts";

const authority = makeCertificate({ commonName: "Test authority", authority: true });
const issued = (commonName: string) =>
  makeCertificate({ commonName, names: ["gateway.example"], issuer: authority });
const pair = ({ certificate, key }: Authority) => ({ certificate, key });

let folder: string;
let t: TestGateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-renewal-"));
  const envoy = issued("envoy");
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  t = await startTestGateway({
    ports: { https: 0 },
    tls: pair(issued("first")),
    xdsTls: {
      ...{ ...pair(issued("first")), clientAuthority: authority.certificate },
      envoy: {
        certificateFile: await file("client.pem", envoy.certificate),
        keyFile: await file("client.key", envoy.key),
        authorityFile: await file("authority.pem", authority.certificate),
        serverName: "gateway.example",
      },
    },
  });
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

/** Whose certificate a new connection is shown. */
const shownAt = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, ca: authority.certificate, ALPNProtocols: ["h2"] };
    const socket = connect({ ...options, servername: "gateway.example" }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("error", reject);
  });

/** What the other side says to a call over TLS without a certificate of one's own; empty when it just closes. */
const callWithoutCertificate = (port: number) =>
  new Promise<string>((resolve) => {
    const options = { host: "127.0.0.1", port, ca: authority.certificate, ALPNProtocols: ["h2"] };
    const socket = connect({ ...options, servername: "gateway.example" }, () =>
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
    );
    let said = "";
    socket.on("data", (bytes: Buffer) => (said += `sent ${bytes.length} bytes`));
    socket.on("error", (error: Error) => (said += error.message));
    socket.once("close", () => resolve(said));
  });

const get = (options: RequestOptions) =>
  new Promise<{ status: number; socket: TLSSocket }>((resolve, reject) => {
    const port = t.gateway.ports.https!;
    const target = { host: "127.0.0.1", port, path: "/a/x", servername: "gateway.example" };
    request({ ...target, ca: authority.certificate, ...options }, (answer) => {
      const socket = answer.socket as TLSSocket;
      answer.resume().once("end", () => resolve({ status: answer.statusCode!, socket }));
    })
      .once("error", reject)
      .end();
  });

const counters = async (filter: string) =>
  (await t.gateway.envoy!.current()!.admin(`/stats?filter=${filter}`)).trim();

test("new connections see another certificate, and those that there are go on", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = await get({ agent });
  const listeners = await counters("listener_manager.(listener_modified|listener_removed)");
  expect(await shownAt(t.gateway.ports.https!)).toBe("first");
  expect(t.gateway.renewTls({ tls: pair(issued("second")) })).toBe(true);
  await eventually(async () => expect(await shownAt(t.gateway.ports.https!)).toBe("second"));
  const after = await get({ agent });
  expect(after.status).toBe(200);
  expect(after.socket).toBe(before.socket);
  expect(await counters("listener_manager.(listener_modified|listener_removed)")).toBe(listeners);
  agent.destroy();
});

test("the xDS port shows another one, and its Envoy stays connected and takes changes", async () => {
  const connections = await counters("cluster.controllers.upstream_cx_(total|destroy)$");
  const xdsTls = { ...pair(issued("third")), clientAuthority: authority.certificate };
  expect(t.gateway.renewTls({ xdsTls })).toBe(true);
  expect(await shownAt(t.gateway.ports.xds)).toBe("third");
  expect(await callWithoutCertificate(t.gateway.ports.xds)).toMatch(
    /^$|certificate required|ECONNRESET|EPIPE/,
  );
  const changed = restApi("a", t.upstream.port, { operations: [{ method: "GET", path: "/b" }] });
  expect((await t.manage("PUT", "/rest-apis/a?wait=10s", changed)).status).toBe(200);
  expect((await t.request("/a/b")).status).toBe(200);
  expect(await counters("cluster.controllers.upstream_cx_(total|destroy)$")).toBe(connections);
});

test("what is no good is refused by name, and changes nothing", async () => {
  const shown = await shownAt(t.gateway.ports.https!);
  const renewal = (tls: Parameters<TestGateway["gateway"]["renewTls"]>[0]["tls"]) => () =>
    t.gateway.renewTls({ tls: tls! });
  const { certificate } = issued("fourth");
  expect(renewal({ certificate, key: issued("other").key })).toThrow(
    "downstream_tls: the key is not that of the certificate CN=fourth",
  );
  expect(renewal({ ...pair(issued("fourth")), certificate: "x" })).toThrow(
    "downstream_tls: expected a certificate in PEM",
  );
  expect(renewal({ certificate, key: "x" })).toThrow("downstream_tls: expected a private key");
  expect(await shownAt(t.gateway.ports.https!)).toBe(shown);
});

test("files are followed; between certificate and key everything stays as it is", async () => {
  const [certificateFile, keyFile] = [join(folder, "new.pem"), join(folder, "new.key")];
  const lines: string[] = [];
  const [first, next] = [issued("fifth"), issued("sixth")];
  await writeFile(certificateFile, first.certificate);
  await writeFile(keyFile, first.key);
  const read = () => ({
    certificate: readFileSync(certificateFile, "utf8"),
    key: readFileSync(keyFile, "utf8"),
  });
  const unfollow = followCertificates({
    files: [certificateFile, keyFile],
    renew: () => t.gateway.renewTls({ tls: read() }),
    log: (line) => lines.push(line),
    intervalMs: 50,
  });
  await writeFile(certificateFile, next.certificate);
  await eventually(() => expect(lines.at(-1)).toContain("stay as they are: downstream_tls"));
  await writeFile(keyFile, next.key);
  await eventually(() => expect(lines.at(-1)).toContain("other certificates"));
  await eventually(async () => expect(await shownAt(t.gateway.ports.https!)).toBe("sixth"));
  unfollow();
});

test("an upstream is shown another client certificate while requests go on, and none fails", async () => {
  const server = issued("upstream");
  const seen = new Set<string>();
  const upstream = createServer(
    {
      ...{ cert: server.certificate, key: server.key, ca: authority.certificate },
      ...{ requestCert: true, rejectUnauthorized: true, keepAliveTimeout: 0 },
    },
    (incoming, answer) => {
      seen.add(String((incoming.socket as TLSSocket).getPeerCertificate().subject.CN));
      answer.end();
    },
  );
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  const api = (client: Authority) =>
    restApi("inner", port, {
      upstreamDefinitions: [
        {
          name: "own",
          upstreams: [{ url: `https://127.0.0.1:${port}` }],
          settings: {
            tls: {
              serverName: "gateway.example",
              certificateAuthority: authority.certificate,
              clientCertificate: client.certificate,
              clientKey: client.key,
            },
          },
        },
      ],
      upstream: { main: { ref: "own" } },
    });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api(issued("one")))).status).toBe(201);
  const accept = (status: number) => (status === 200 ? null : `status ${status}`);
  const load = startLoad({
    port: t.gateway.ports.http!,
    path: "/inner/x",
    perSecond: 200,
    accept,
  });
  const used = (name: string) => eventually(() => expect([...seen]).toContain(name));
  await used("one");
  for (const name of ["two", "three"]) {
    await t.manage("PUT", "/rest-apis/inner?wait=10s", api(issued(name)));
    await used(name);
  }
  const report = await load.stop();
  expect(Object.fromEntries(report.failures)).toEqual({});
  expect([...seen]).toEqual(["one", "two", "three"]);
  upstream.close();
  upstream.closeAllConnections();
});
