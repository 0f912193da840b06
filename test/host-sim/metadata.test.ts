/** METADATA, Envoy's own frames of HTTP/2: a module that has the callback is told of them, here and in Envoy. */
import { connect } from "node:net";
import { afterAll, expect, test } from "vitest";
import { until } from "../../controller/until.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { probeFilter } from "./fixtures/probe.ts";

const envoy = envoyRunner();
afterAll(() => envoy.close());

const about = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /PROBE (rqh|rqm) (\d)$/.exec(line)?.slice(1).join(" ") ?? []);

enum Frame {
  Data = 0,
  Headers = 1,
  Settings = 4,
  Metadata = 0x4d,
}

/** Flags: 1 ends the stream, 4 ends the block. */
function frame(type: Frame, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK without any index: both texts as they are. */
const block = (pairs: [string, string][]): Buffer =>
  Buffer.concat(
    pairs.map(([name, value]) =>
      Buffer.from(
        `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`,
        "latin1",
      ),
    ),
  );

/** Node's own HTTP/2 sends no frames of other kinds. */
const request = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  frame(Frame.Settings, 0, 0, Buffer.alloc(0)),
  frame(
    Frame.Headers,
    4,
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
    4,
    1,
    block([
      ["x-one", "1"],
      ["x-two", "2"],
    ]),
  ),
  frame(Frame.Data, 1, 1, Buffer.alloc(0)),
]);

test("metadata of a request comes behind its headers, with the number of its entries", async () => {
  const module = await probeFilter();
  const gateway = await simulate({ module });
  const metadata = { "x-one": "1", "x-two": "2" };
  await gateway.request({ method: "POST", path: "/", body: ["x"], metadata });
  const simulated = about(gateway.logs.map(({ message }) => message));
  await gateway.close();
  expect(simulated).toEqual(["rqh 0", "rqm 2"]);

  const loaded = await envoy.load({ module, trailers: true });
  const socket = connect(loaded.port, "127.0.0.1");
  socket.write(request);
  await until(() => expect(about(loaded.logs())).toEqual(simulated), 5_000);
  socket.destroy();
  await loaded.close();
});

test("metadata of an answer too", async () => {
  const gateway = await simulate({
    module: await probeFilter(),
    upstream: { body: "x", metadata: { "x-one": "1" } },
  });
  await gateway.request({ path: "/" });
  expect(gateway.logs.map(({ message }) => message)).toContain("PROBE rsm 1");
  await gateway.close();
});
