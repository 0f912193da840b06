/** `security.max_request_body_size` in a real Envoy: for every body, held or not, whatever says how long it is. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { startGateway } from "../../../controller/gateway.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { answersTo } from "../fixtures/raw.ts";
import { anyPorts, restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-body-limit-"));
const server = createServer();
let upstream: UpstreamServer;
let t: TestGateway;

const optionsOf = (text: string) => {
  const path = join(folder, "gateway.yaml");
  writeFileSync(path, text);
  const { store: _, ...told } = gatewayOptions(loadConfig({ file: path, env: {} }).config);
  return { ...told, ports: anyPorts, accessLog: "off" as const };
};

beforeAll(async () => {
  upstream = await startUpstream({ status: 200 });
  server.on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    socket.on("data", (chunk: Buffer) => socket.write(chunk)).on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const changing = (server.address() as AddressInfo).port;
  t = await startTestGateway({
    ...optionsOf(`
security: {max_request_body_size: 1KB}
services:
  plain: {url: "http://127.0.0.1:${upstream.port}"}
  changing: {url: "http://127.0.0.1:${changing}"}
routes:
  - {path: /r/*, service: plain}
  - {path: /ws/*, service: changing}
`),
    module: (await build(["policies/request-size-limit", "policies/json-threat"])).wasm,
  });
  const held = { name: "json-threat", version: "v1", params: { maxDepth: 3 } };
  const operations = [{ method: "POST", path: "/*" }];
  const api = restApi("held", upstream.port, { operations, policies: [held] });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
});
afterAll(async () => {
  await t.close();
  await upstream.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const post = (path: string, body: string | string[]) =>
  t.request({
    ...{ method: "POST", path, body },
    headers: [["content-type", "application/json"]],
  });
const piece = `"${"a".repeat(298)}"`;
const tooLong = {
  error: "Payload Too Large",
  message: "The request body is larger than 1000 bytes",
};

test.each(["/r/x", "/held/x"])(
  "a body is bounded on %s, whether it says its length or not",
  async (path) => {
    const { length } = upstream.seen;
    const announced = await post(path, piece.repeat(4));
    expect(announced.status).toBe(413);
    expect(JSON.parse(Buffer.from(announced.body).toString())).toEqual(tooLong);
    expect(upstream.seen).toHaveLength(length);
    expect((await post(path, ["[", ...Array(3).fill(`${piece},`), `${piece}]`])).status).toBe(413);
    expect((await post(path, [`[${piece}`, `,${piece}]`])).status).toBe(200);
    expect(Buffer.from(upstream.seen.at(-1)!.body).toString()).toBe(`[${piece},${piece}]`);
  },
);

test("a body that never ends is ended, and its upstream gets no more than the limit", async () => {
  const { status, sent } = await new Promise<{ status: number; sent: number }>(
    (resolve, reject) => {
      let sent = 0;
      let ended = false;
      const call = httpRequest({
        ...{ host: "127.0.0.1", port: t.gateway.ports.http!, path: "/ws/x", method: "POST" },
        agent: false,
      });
      const more = () => {
        if (ended) return;
        sent += 100;
        call.write("a".repeat(100), () => setImmediate(more));
      };
      call.on("response", (response) => {
        ended = true;
        response.resume();
        call.destroy();
        resolve({ status: response.statusCode!, sent });
      });
      call.on("error", reject);
      more();
    },
  );
  expect(status).toBe(413);
  expect(sent).toBeGreaterThan(1_000);
});

test("a body over HTTP/2 without a length is bounded", async () => {
  const session = connectHttp2(`http://127.0.0.1:${t.gateway.ports.http}`);
  try {
    const asked = (body: string) =>
      new Promise<number>((resolve, reject) => {
        const call = session.request({ ":method": "POST", ":path": "/r/x" });
        call.on("response", (headers) => resolve(Number(headers[":status"])));
        call.on("error", reject);
        call.resume().end(body);
      });
    expect(await asked("a".repeat(900))).toBe(200);
    expect(await asked("a".repeat(1_100))).toBe(413);
  } finally {
    session.destroy();
  }
});

test("what a WebSocket carries is not bounded", async () => {
  const echoed = await new Promise<number>((resolve, reject) => {
    const call = httpRequest({
      ...{ host: "127.0.0.1", port: t.gateway.ports.http!, path: "/ws/x" },
      headers: { connection: "Upgrade", upgrade: "websocket" },
    });
    call.on("upgrade", (_, socket) => {
      let bytes = 0;
      socket.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes < 5_000) return;
        socket.destroy();
        resolve(bytes);
      });
      socket.on("close", () => reject(new Error(`closed after ${bytes} bytes`)));
      socket.write("a".repeat(5_000));
    });
    call.on("response", ({ statusCode }) => reject(new Error(`status ${statusCode}`)));
    call.on("error", reject);
    call.end();
  });
  expect(echoed).toBe(5_000);
});

test("who asks for a WebSocket gets no body past the limit to a service that speaks none", async () => {
  const { length } = upstream.seen;
  const head = "POST /r/x HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n";
  const body = "a".repeat(5_000);
  const ask = (rest: string) => answersTo(t.gateway.ports.http!, head + rest);
  const announced = await ask(`content-length: 5000\r\n\r\n${body}`);
  expect(announced.statuses).toEqual([413]);
  expect(upstream.seen).toHaveLength(length);
  // Envoy lets nothing past before the service has changed, and takes the framing away: what comes is no request either.
  const chunked = await ask(`transfer-encoding: chunked\r\n\r\n1388\r\n${body}\r\n0\r\n\r\n`);
  const second = await ask("\r\nGET /r/second HTTP/1.1\r\nhost: a\r\n\r\n");
  expect([chunked.statuses, second.statuses]).toEqual([[200], [200]]);
  const seen = upstream.seen.slice(length);
  expect(seen.map(({ path, body }) => [path, body.length])).toEqual([
    ["/r/x", 0],
    ["/r/x", 0],
  ]);
});

test("a WebSocket is refused where another policy holds bodies, as it would hold this one for ever", async () => {
  const upgrade = "connection: upgrade\r\nupgrade: websocket\r\n";
  const asked = await answersTo(
    t.gateway.ports.http!,
    `POST /held/x HTTP/1.1\r\nhost: a\r\n${upgrade}\r\n`,
  );
  expect(asked.statuses).toEqual([403]);
  expect(asked.text).toContain('{"error":"Forbidden"}');
});

test("a module that cannot count bodies is no start", async () => {
  const { wasm: module } = await build(["policies/set-headers"]);
  const start = startGateway({
    ...optionsOf("security: {max_request_body_size: 1KB}"),
    ...{ module, store: ":memory:", envoy: "none", host: "127.0.0.1" },
  });
  await expect(start).rejects.toMatchObject({
    fields: [{ field: expect.stringMatching(/^router\.request_body_limit_bytes/) }],
  });
});
