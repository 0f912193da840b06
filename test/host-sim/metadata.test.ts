/** METADATA, Envoy's own frames of HTTP/2: a module that has the callback is told of them, here and in Envoy. */
import { connect, createServer, type AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { simulate } from "../../host-sim/index.ts";
import {
  block,
  endHeaders,
  endStream,
  Frame,
  frame,
  preface,
} from "../controller/fixtures/raw-http2.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { probeFilter } from "./fixtures/probe.ts";

const envoy = envoyRunner();
afterAll(() => envoy.close());

/** What the probe was told of a request, or of an answer. */
const told = (way: "rq" | "rs", lines: readonly string[]): string[] =>
  lines.flatMap((line) => new RegExp(`PROBE (${way}[hmb] [\\d ]+)$`).exec(line)?.[1] ?? []);

/** Node's own HTTP/2 sends no frames of other kinds. */
const request = Buffer.concat([
  preface,
  frame(
    Frame.Headers,
    endHeaders,
    1,
    block([
      [":method", "POST"],
      [":path", "/"],
      [":scheme", "http"],
      [":authority", "localhost"],
    ]),
  ),
  frame(
    Frame.Metadata,
    endHeaders,
    1,
    block([
      ["x-one", "1"],
      ["x-two", "2"],
    ]),
  ),
  frame(Frame.Data, 0, 1, Buffer.from("x")),
  frame(Frame.Data, endStream, 1, Buffer.alloc(0)),
]);

test("metadata of a request comes behind its headers, with the number of its entries", async () => {
  const module = await probeFilter();
  const gateway = await simulate({ module });
  const metadata = { "x-one": "1", "x-two": "2" };
  await gateway.request({ method: "POST", path: "/", body: ["x"], metadata });
  const simulated = told(
    "rq",
    gateway.logs.map(({ message }) => message),
  );
  await gateway.close();
  expect(simulated).toEqual(["rqh 0", "rqm 2", "rqb 1 0", "rqb 0 1"]);

  const loaded = await envoy.load({ module, trailers: true });
  const socket = connect(loaded.port, "127.0.0.1");
  socket.write(request);
  await eventually(() => expect(told("rq", loaded.logs())).toEqual(simulated));
  socket.destroy();
  await loaded.close();
});

/** Speaks as much HTTP/2 as it takes to answer every request with the same frames. */
async function upstreamThat(answers: (stream: number) => Buffer) {
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    let at = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;
    socket.on("error", () => {});
    socket.write(frame(Frame.Settings, 0, 0, Buffer.alloc(0)));
    socket.on("data", (more) => {
      bytes = Buffer.concat([bytes, more]);
      while (bytes.length >= at + 9 && bytes.length >= at + 9 + bytes.readUIntBE(at, 3)) {
        const [type, flags] = [bytes.readUInt8(at + 3), bytes.readUInt8(at + 4)];
        if (type === Frame.Settings && !(flags & 1))
          socket.write(frame(Frame.Settings, 1, 0, Buffer.alloc(0)));
        if (type === Frame.Headers) socket.write(answers(bytes.readUInt32BE(at + 5)));
        at += 9 + bytes.readUIntBE(at, 3);
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test("metadata of an answer comes behind its headers and before its body", async () => {
  const module = await probeFilter();
  const gateway = await simulate({
    module,
    upstream: { body: "x", metadata: { "x-one": "1", "x-two": "2" } },
  });
  expect(await gateway.request({ path: "/" })).toMatchObject({ status: 200, text: "x" });
  const simulated = told(
    "rs",
    gateway.logs.map(({ message }) => message),
  );
  await gateway.close();

  const upstream = await upstreamThat((stream) =>
    Buffer.concat([
      frame(Frame.Headers, 4, stream, block([[":status", "200"]])),
      frame(
        Frame.Metadata,
        4,
        stream,
        block([
          ["x-one", "1"],
          ["x-two", "2"],
        ]),
      ),
      frame(Frame.Data, 0, stream, Buffer.from("x")),
      frame(Frame.Data, 1, stream, Buffer.alloc(0)),
    ]),
  );
  const loaded = await envoy.load({ module, trailers: true, http2Upstream: upstream.port });
  const before = loaded.logs().length;
  expect(await loaded.request({ path: "/" })).toMatchObject({ status: 200, text: "x" });
  await eventually(() => expect(told("rs", loaded.logs().slice(before))).toEqual(simulated));
  await loaded.close();
  upstream.close();
});
