/** Frames and connections that lie on the xDS port: each is ended, and a gateway that behaves gets its changes all along. */
import { connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { loadProtos } from "../../../controller/xds/protos.ts";
import { deltaPath, deltaWire, typeUrls } from "../../../controller/xds/wire.ts";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { call, frame, messagesIn } from "./calls.ts";

const wire = deltaWire(loadProtos());
/** Of gRPC. */
const [invalidArgument, resourceExhausted, unimplemented, internal] = [3, 8, 12, 13];

let t: TestGateway;
let session: ClientHttp2Session;
/** What a gateway that behaves has seen. */
let seen = "";
let good: ClientHttp2Session;
const address = () => `http://127.0.0.1:${t.gateway.ports.xds}`;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
  good = connectHttp2(address());
  const stream = good.request({
    ...{ ":method": "POST", ":path": deltaPath, te: "trailers" },
    "content-type": "application/grpc",
  });
  let left: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    seen += chunk.toString("latin1");
    const { messages, rest } = messagesIn(Buffer.concat([left, chunk]));
    left = rest;
    for (const { typeUrl, nonce } of messages.map(wire.readResponse))
      stream.write(frame(wire.writeRequest({ typeUrl, responseNonce: nonce })));
  });
  const cluster = { typeUrl: typeUrls.cluster, node: { id: "good" } };
  stream.write(frame(wire.writeRequest(cluster)));
});
afterAll(async () => {
  good.destroy();
  await t.close();
});
beforeEach(() => {
  session = connectHttp2(address());
  session.on("error", () => {});
});
afterEach(async () => {
  session.destroy();
  // The one that behaves has what came meanwhile, on the call that it had from the first.
  const name = `later-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const upstream = { main: { url: `http://${name}.example` } };
  const context = `/${name}`;
  await t.manage("POST", "/rest-apis", restApi("later", 9, { upstream, context }));
  await eventually(() => expect(seen.includes(name)).toBe(true));
  await t.manage("DELETE", "/rest-apis/later");
  expect(t.logs.filter((line) => /TypeError|RangeError|Cannot read/.test(line))).toEqual([]);
});

const request = wire.writeRequest({ typeUrl: typeUrls.listener, node: { id: "odd" } });
const mebibyte = 1_048_576;
const gzip = { "grpc-encoding": "gzip" };

test.each([
  [
    "says that 4 GiB come",
    { chunks: [frame(request, { size: 2 ** 32 - 1 })], hangs: true },
    resourceExhausted,
  ],
  [
    "says that 65 MiB come",
    { chunks: [frame(request, { size: 65 * mebibyte })], hangs: true },
    resourceExhausted,
  ],
  [
    "unfolds to 65 MiB",
    { chunks: [frame(gzipSync(Buffer.alloc(65 * mebibyte)), { compressed: true })], headers: gzip },
    resourceExhausted,
  ],
  [
    "is compressed as nobody can",
    { chunks: [frame(request, { compressed: true })], headers: { "grpc-encoding": "br" } },
    unimplemented,
  ],
  [
    "is said to be compressed and is not",
    { chunks: [frame(request, { compressed: true })], headers: gzip },
    internal,
  ],
  [
    "is cut within what is compressed",
    { chunks: [frame(gzipSync(request).subarray(0, 20), { compressed: true })], headers: gzip },
    internal,
  ],
  ["is no protobuf", { chunks: [frame(Buffer.from([255, 255, 255]))] }, invalidArgument],
  [
    "goes to a method of nobody",
    { path: "/envoy.service.discovery.v3.X/Y", chunks: [frame(request)] },
    unimplemented,
  ],
  [
    "has a deadline that is none",
    { chunks: [], headers: { "grpc-timeout": "soon" }, hangs: true },
    internal,
  ],
] as const)("a message that %s ends its call", async (_, sent, status) => {
  expect(await call(session, sent)).toMatchObject({ status });
});

test("what comes byte by byte, or many at once, is the same", async () => {
  const bytes = [...frame(request)].map((byte) => Buffer.from([byte]));
  const many = Buffer.concat(Array.from({ length: 1_000 }, () => frame(new Uint8Array())));
  for (const chunks of [
    bytes,
    [Buffer.concat([many, frame(request)])],
    [frame(gzipSync(request), { compressed: true })],
  ])
    expect(
      (await call(session, { chunks, headers: gzip })).body.includes("envoy.config.listener"),
    ).toBe(true);
});

test("a call that ends within a message, or is reset, leaves nobody connected", async () => {
  await call(session, { chunks: [frame(request, { size: request.length + 9 })] });
  for (let i = 0; i < 200; i++) {
    const stream = session.request({
      ":method": "POST",
      ":path": deltaPath,
      "content-type": "application/grpc",
    });
    stream.on("error", () => {});
    stream.write(frame(request));
    stream.close(8);
  }
  await eventually(() =>
    expect(t.gateway.control.status("a").gateways.map(({ id }) => id)).toEqual(["good"]),
  );
});

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const empty = (type: number, flags = 0, payload = "") =>
  Buffer.concat([
    Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, 0]),
    Buffer.from(payload, "latin1"),
  ]);
const ping = empty(6, 0, "12345678");

test.each([
  ["that speaks HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
  ["that speaks TLS", Buffer.from("16030100ff010000fb0303", "hex")],
  ["that sends what is nothing", Buffer.alloc(100_000, 171)],
  [
    "that sends a preface and no settings",
    Buffer.from(`${preface}${"\xff".repeat(100)}`, "latin1"),
  ],
  [
    "that says a frame of 16 MiB comes",
    Buffer.concat([Buffer.from(preface), empty(4), Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1])]),
  ],
  [
    "that pings without end",
    Buffer.concat([Buffer.from(preface), empty(4), ...Array<Buffer>(50_000).fill(ping)]),
  ],
])("a client %s holds up nobody", async (_, bytes) => {
  const socket = connect(t.gateway.ports.xds, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.on("data", () => resolve());
    socket.write(bytes, () => socket.end());
  });
  socket.destroy();
});
