/** Syslog over connections: counted octets over TCP and, with certificates that are looked at, over TLS. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { SyslogSink, type SyslogSinkOptions } from "../../../controller/analytics/sinks/syslog.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";

/** A busy machine takes its time. */
const soon = { timeout: 30_000 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function startSyslog(tls?: TlsOptions) {
  let text = "";
  const sockets: Socket[] = [];
  const shown: unknown[] = [];
  const take = (socket: Socket) => {
    sockets.push(socket);
    if (tls) shown.push((socket as TLSSocket).getPeerCertificate().subject?.CN);
    socket.on("data", (bytes) => (text += bytes.toString())).on("error", () => {});
  };
  const server: Server = tls ? createTlsServer(tls, take) : createServer(take);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const drop = () => sockets.splice(0).forEach((socket) => socket.destroy());
  closing.push(() => (drop(), server.close()));
  const { port } = server.address() as AddressInfo;
  return { port, text: () => text, shown, drop };
}

function sinkFor(port: number, options: Partial<SyslogSinkOptions>): SyslogSink {
  const sink = new SyslogSink({
    ...{ host: "127.0.0.1", port, protocol: "tcp", facility: 16, appName: "edge 1" },
    ...{ timeoutMs: 20_000, ...options },
  });
  closing.push(() => sink.close());
  return sink;
}

const authority = makeCertificate({ commonName: "authority", authority: true });
const server = (names: string[]) => {
  const { certificate: cert, key } = makeCertificate({
    ...{ commonName: "syslog", issuer: authority, names },
  });
  return { cert, key };
};

async function file(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-syslog-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const message =
  /^(\d+) (<134>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ edge_1 \d+ - - \{"a":"ü"\})(\d+) <134>/;

test("syslog over TCP counts octets, and connects again after the server went", async () => {
  const { port, text, drop } = await startSyslog();
  const sink = sinkFor(port, {});
  await sink.send(['{"a":"ü"}', '{"a":2}']);
  await expect.poll(text, soon).toMatch(message);
  const [, length, first] = message.exec(text())!;
  expect(Buffer.byteLength(first!)).toBe(Number(length));
  drop();
  const again = () => sink.send(['{"a":3}']).then(text, () => "");
  await expect.poll(again, soon).toContain('{"a":3}');
});

test("syslog over TLS counts octets, shows its certificate, and connects again after the server went", async () => {
  const { certificate, key } = makeCertificate({ commonName: "gateway", issuer: authority });
  const { port, text, shown, drop } = await startSyslog({
    ...server(["127.0.0.1"]),
    ...{ ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
  });
  const tls = {
    caPath: await file("ca.pem", authority.certificate),
    certPath: await file("cert.pem", certificate),
    keyPath: await file("key.pem", key),
  };
  const sink = sinkFor(port, { protocol: "tls", tls });
  await sink.send(['{"a":"ü"}', '{"a":2}']);
  await expect.poll(text, soon).toMatch(message);
  expect(shown).toEqual(["gateway"]);
  drop();
  const again = () => sink.send(['{"a":3}']).then(text, () => "");
  await expect.poll(again, soon).toContain('{"a":3}');
});

test.each([
  ["of an authority that nobody named", ["127.0.0.1"], false, /verify the first certificate/],
  ["for another host", ["other.example"], true, /does not match|altnames/i],
])("a server with a certificate %s is told nothing", async (_, names, isNamed, words) => {
  const { port, text } = await startSyslog(server(names));
  const caPath = isNamed ? await file("ca.pem", authority.certificate) : "";
  const sink = sinkFor(port, { protocol: "tls", tls: { caPath } });
  await expect(sink.send(["secret"])).rejects.toThrow(words);
  expect(text()).toBe("");
});

test("a server that speaks no TLS is told nothing in clear", async () => {
  const { port, text } = await startSyslog();
  const sink = sinkFor(port, { protocol: "tls", timeoutMs: 300 });
  await expect(sink.send(["secret"])).rejects.toThrow("no connection in time");
  expect(text()).not.toContain("secret");
});

test("a file of certificates that is not there fails the batch and not the process", async () => {
  const { port } = await startSyslog(server(["127.0.0.1"]));
  const sink = sinkFor(port, { protocol: "tls", tls: { caPath: "/not/there.pem" } });
  await expect(sink.send(["x"])).rejects.toThrow("/not/there.pem");
  await expect(sink.send(["x"])).rejects.toThrow("/not/there.pem");
});
