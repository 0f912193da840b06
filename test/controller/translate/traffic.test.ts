import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import {
  createServer as createHttp2Server,
  connect as connectHttp2,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer as createHttpsServer } from "node:https";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { eventually } from "../../eventually.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const closing: (() => Promise<unknown> | void)[] = [];
beforeAll(async () => {
  t = await startTestGateway({
    compression: true,
    gatewayPolicies: [
      { name: "tiny", version: "v1", executionCondition: null, mandatory: true, params: {} },
    ],
  });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => t.close());

const upstream = async (...parameters: Parameters<typeof startUpstream>) => {
  const server = await startUpstream(...parameters);
  closing.push(server.close);
  return server;
};

const deploy = async (name: string, spec: object) => {
  const answer = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi(name, t.upstream.port, spec),
  );
  expect(answer).toMatchObject({ status: 201, body: { status: { problem: null } } });
};

const definition = (name: string, servers: UpstreamServer[], settings: object = {}) => ({
  name,
  upstreams: servers.map(({ port }) => ({ url: `http://127.0.0.1:${port}` })),
  settings,
});

const toDefinition = (servers: UpstreamServer[], settings: object, rest: object = {}) => ({
  upstream: { main: { ref: "d" } },
  upstreamDefinitions: [definition("d", servers, settings)],
  ...rest,
});

test("the gateway's own policies run on every API, also on one that names none", async () => {
  await deploy("bare", {});
  expect((await t.request("/bare/x")).headers).toContainEqual(["x-tiny", "tiny"]);
});

test("a WebSocket passes both ways", async () => {
  const server = createServer();
  server.on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    socket.on("data", (chunk) => socket.write(`echo ${chunk}`));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const main = { upstream: { main: { url: `http://127.0.0.1:${port}` } } };
  // A connection that was changed to a WebSocket outlives the time that an answer may take.
  await deploy("ws", { ...main, resilience: { timeout: "3s" } });
  const echoed = await new Promise<string>((resolve, reject) => {
    const call = httpRequest({
      host: "127.0.0.1",
      port: t.gateway.ports.http!,
      path: "/ws/x",
      headers: { connection: "Upgrade", upgrade: "websocket" },
    });
    call.on("upgrade", (_, socket) => {
      socket.on("data", (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
      socket.on("close", () => reject(new Error("the WebSocket was closed")));
      setTimeout(() => socket.write("hello"), 3_500);
    });
    call.on("response", ({ statusCode }) => reject(new Error(`status ${statusCode}`)));
    call.on("error", reject);
    call.end();
  });
  expect(echoed).toBe("echo hello");
});

test("a WebSocket is refused where it is not wanted", async () => {
  const upgrade = { connection: "Upgrade", upgrade: "websocket" };
  const status = (path: string) =>
    new Promise<number>((resolve, reject) => {
      const { http } = t.gateway.ports;
      const call = httpRequest({ host: "127.0.0.1", port: http!, path, headers: upgrade });
      call.on("response", ({ statusCode }) => resolve(statusCode ?? 0));
      call.on("upgrade", () => reject(new Error("it was changed")));
      call.on("error", reject);
      call.end();
    });
  await deploy("unwanted", { traffic: { webSocket: false } });
  expect(await status("/unwanted/x")).toBe(403);
});

test("events arrive one by one, before the stream ends", async () => {
  let finish = () => {};
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    finish = () => response.end("data: 2\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await deploy("sse", { upstream: { main: { url: `http://127.0.0.1:${port}` } } });
  const answer = await fetch(`http://127.0.0.1:${t.gateway.ports.http}/sse/x`);
  const reader = answer.body!.getReader();
  const first = await reader.read();
  expect(new TextDecoder().decode(first.value)).toBe("data: 1\n\n");
  finish();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: 2\n\n");
});

/** In front of a service that does with each call as it is told, and ends it well. */
async function deployGrpc(name: string, serve: (stream: ServerHttp2Stream) => unknown) {
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    serve(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await deploy(name, {
    ...toDefinition([{ port } as UpstreamServer], { protocol: "http2" }),
    operations: [{ method: "POST", path: "/*" }],
  });
}

test("gRPC goes through with its trailers: HTTP/2 from the client to the upstream", async () => {
  await deployGrpc("grpc", (stream) => stream.end(Buffer.from([0, 0, 0, 0, 0])));
  const session = connectHttp2(`http://127.0.0.1:${t.gateway.ports.http}`);
  const trailers = await new Promise((resolve, reject) => {
    session.on("error", reject);
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc/pets.Pets/Get",
      "content-type": "application/grpc",
      te: "trailers",
    });
    call.on("trailers", (headers) => resolve(headers["grpc-status"]));
    call.resume();
    call.end(Buffer.from([0, 0, 0, 0, 0]));
  });
  session.close();
  expect(trailers).toBe("0");
});

test("calls that the gateway refuses end as gRPC does, with a status in place of a body", async () => {
  const session = connectHttp2(`http://127.0.0.1:${t.gateway.ports.http}`);
  const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const call = session.request({
      ...{ ":method": "POST", ":path": "/nobody.Pets/Get", te: "trailers" },
      "content-type": "application/grpc",
    });
    call.on("response", resolve).on("error", reject);
    call.resume().end();
  });
  session.close();
  // 12 is UNIMPLEMENTED, which is what gRPC makes of 404.
  expect(headers).toMatchObject({ ":status": 200, "grpc-status": "12" });
});

test("a gRPC stream goes both ways while it is open", async () => {
  await deployGrpc("grpc-stream", (stream) =>
    stream.on("data", (message: Buffer) => stream.write(message)).on("end", () => stream.end()),
  );
  const session = connectHttp2(`http://127.0.0.1:${t.gateway.ports.http}`);
  const call = session.request({
    ...{ ":method": "POST", ":path": "/grpc-stream/pets.Pets/Chat", te: "trailers" },
    "content-type": "application/grpc",
  });
  const message = (text: string) => Buffer.from(`\0\0\0\0\u0003${text}`);
  // The second is sent when the first has come back.
  for (const text of ["one", "two"]) {
    call.write(message(text));
    const [back] = (await once(call, "data")) as [Buffer];
    expect(back).toEqual(message(text));
  }
  const trailers = once(call, "trailers");
  call.end();
  expect((await trailers)[0]).toMatchObject({ "grpc-status": "0" });
  session.close();
});

test("a try that takes too long is given up for the next", async () => {
  let calls = 0;
  const slow = await upstream(() => ({ delayMs: ++calls === 1 ? 60_000 : 0 }));
  const main = { upstream: { main: { url: `http://127.0.0.1:${slow.port}` } } };
  const retries = { attempts: 1, on: ["5xx"], perTryTimeout: "3s" };
  await deploy("tried", { ...main, traffic: { retries } });
  expect((await t.request("/tried/x")).status).toBe(200);
  expect(calls).toBe(2);
});

test("a failed try is repeated when the API asks for it", async () => {
  let calls = 0;
  const flaky = await upstream(() => ({ status: ++calls < 3 ? 503 : 200 }));
  const main = { upstream: { main: { url: `http://127.0.0.1:${flaky.port}` } } };
  await deploy("retried", { ...main, traffic: { retries: { attempts: 2, on: ["5xx"] } } });
  expect((await t.request("/retried/x")).status).toBe(200);
  expect(calls).toBe(3);
});

test("a split sends each part its share, and a mirror copies without being waited for", async () => {
  const [a, b, shadow] = [await upstream({}), await upstream({}), await upstream("hang")];
  await deploy("split", {
    upstreamDefinitions: [
      definition("a", [a]),
      definition("b", [b]),
      definition("shadow", [shadow]),
    ],
    traffic: {
      split: [
        { upstream: "a", weight: 3 },
        { upstream: "b", weight: 1 },
      ],
      mirror: { upstream: "shadow", percent: 100 },
    },
  });
  for (let i = 0; i < 80; i++) expect((await t.request("/split/x")).status).toBe(200);
  expect(a.seen.length + b.seen.length).toBe(80);
  expect(b.seen.length).toBeGreaterThan(5);
  expect(a.seen.length).toBeGreaterThan(b.seen.length);
  await eventually(() => expect(shadow.seen.length).toBeGreaterThan(70));
});

test.each(["ring-hash", "maglev"])("%s keeps a client with its upstream", async (method) => {
  const servers = await Promise.all([1, 2, 3].map((n) => upstream({ body: String(n) })));
  await deploy(
    `sticky-${method}`,
    toDefinition(servers, { loadBalancing: { method, hashOn: { header: "x-user" } } }),
  );
  const ask = async (user: string) =>
    (await t.request({ path: `/sticky-${method}/x`, headers: { "x-user": user } })).text;
  const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
  const first = await Promise.all(users.map(ask));
  expect(await Promise.all(users.map(ask))).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(1);
});

const healthCheck = {
  path: "/health",
  interval: "100ms",
  timeout: "1s",
  unhealthyThreshold: 1,
  healthyThreshold: 1,
};

test("an upstream that fails its health check gets no requests", async () => {
  const sick = await upstream(({ path }) => ({
    status: path === "/health" ? 500 : 200,
    body: "sick",
  }));
  const well = await upstream({ body: "well" });
  await deploy("checked", toDefinition([sick, well], { healthCheck }));
  await eventually(async () => {
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push((await t.request("/checked/x")).text);
    expect(answers).toEqual(Array(6).fill("well"));
  });
});

test("the only upstream that there is gets none either while it fails its health check", async () => {
  let status = 500;
  const only = await upstream(({ path }) => ({ status: path === "/health" ? status : 200 }));
  await deploy("alone", toDefinition([only], { healthCheck }));
  const answers = async () => {
    const all = [];
    for (let i = 0; i < 6; i++) all.push(await t.request("/alone/x"));
    return all;
  };
  await eventually(async () => {
    for (const answer of await answers()) {
      expect(answer.status).toBe(503);
      expect(answer.headers).toContainEqual(["content-type", "application/json"]);
    }
  });
  status = 200;
  await eventually(async () =>
    expect((await answers()).map((answer) => answer.status)).toEqual(Array(6).fill(200)),
  );
});

test("an upstream that keeps failing is left out for a while", async () => {
  const failing = await upstream({ status: 500 });
  const well = await upstream({ body: "well" });
  const outlierDetection = {
    consecutiveErrors: 2,
    interval: "100ms",
    ejectionTime: "60s",
    maxEjectionPercent: 50,
  };
  await deploy("ejected", toDefinition([failing, well], { outlierDetection }));
  await eventually(async () => {
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push((await t.request("/ejected/x")).status);
    expect(answers).toEqual(Array(6).fill(200));
  });
});

test("a circuit breaker answers at once when the upstream has enough to do", async () => {
  const slow = await upstream({ delayMs: 500 });
  await deploy(
    "broken",
    toDefinition([slow], {
      circuitBreakers: { maxConnections: 1, maxPendingRequests: 1, maxRequests: 1 },
    }),
  );
  const answers = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const { status, text } = await t.request("/broken/x");
      return [status, text];
    }),
  );
  expect(answers).toContainEqual([200, ""]);
  expect(answers).toContainEqual([503, '{"error":"Service Unavailable"}']);
});

test("an upstream with its own authority and a client certificate is reached over mutual TLS, a stranger is not", async () => {
  const authority = makeCertificate({ commonName: "Upstream authority", authority: true });
  const server = makeCertificate({ commonName: "up", names: ["up.example"], issuer: authority });
  const client = makeCertificate({ commonName: "gateway", issuer: authority });
  const https = createHttpsServer(
    {
      key: server.key,
      cert: server.certificate,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (_, response) => response.end("secret"),
  );
  await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
  closing.push(() => void https.close());
  const { port } = https.address() as AddressInfo;
  const tls = {
    serverName: "up.example",
    certificateAuthority: authority.certificate,
    clientCertificate: client.certificate,
    clientKey: client.key,
  };
  const api = (settings: object) => ({
    upstream: { main: { ref: "d" } },
    upstreamDefinitions: [
      { name: "d", upstreams: [{ url: `https://127.0.0.1:${port}` }], settings: { tls: settings } },
    ],
  });
  await deploy("mtls", api(tls));
  expect((await t.request("/mtls/x")).text).toBe("secret");
  await deploy("stranger", api({ ...tls, serverName: "other.example" }));
  expect((await t.request("/stranger/x")).status).toBe(503);
});

test("answers are compressed for clients that take it, when the gateway is told to", async () => {
  const big = await upstream({
    headers: { "content-type": "text/plain" },
    body: "a".repeat(10_000),
  });
  await deploy("big", { upstream: { main: { url: `http://127.0.0.1:${big.port}` } } });
  const packed = await t.request({ path: "/big/x", headers: { "accept-encoding": "gzip" } });
  expect(packed.headers).toContainEqual(["content-encoding", "gzip"]);
  expect(packed.body.length).toBeLessThan(1_000);
  expect((await t.request("/big/x")).body.length).toBe(10_000);
});

test("a request that takes longer than its operation allows is ended in time", async () => {
  const hanging = await upstream("hang");
  const main = { upstream: { main: { url: `http://127.0.0.1:${hanging.port}` } } };
  await deploy("timed", {
    ...main,
    operations: [{ method: "GET", path: "/*", resilience: { timeout: "200ms" } }],
  });
  const began = performance.now();
  const answer = await t.request("/timed/x");
  expect([answer.status, answer.text]).toEqual([504, '{"error":"Gateway Timeout"}']);
  // Without a time of its own it would have a minute.
  expect(performance.now() - began).toBeLessThan(30_000);
});
