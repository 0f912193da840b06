/** Clients that make much work of few bytes, or hold what they do not use: their connections end, and others are served. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../../eventually.ts";
import { startUpstream, type UpstreamServer } from "../../../runners/upstream.ts";
import { startAttacked, type Attacked } from "../../fixtures/attacked.ts";
import { restApi } from "../../fixtures/gateway.ts";
import {
  block,
  endHeaders,
  frame,
  Frame,
  openHttp2,
  type Http2Connection,
} from "../../fixtures/raw-http2.ts";

let t: Attacked;
let large: UpstreamServer;
beforeAll(async () => {
  t = await startAttacked();
  large = await startUpstream({ body: "x".repeat(32 << 20) });
  await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("large", large.port, { resilience: { idleTimeout: "2s" } }),
  );
});
afterAll(async () => {
  await t?.close();
  await large?.close();
});

const none = Buffer.alloc(0);
const asked = block([
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/a/flood"],
  [":authority", "a"],
]);
const begun = frame(Frame.Headers, endHeaders, 1, asked);
const many = (one: Buffer, count = 1_000): Buffer => Buffer.concat(Array<Buffer>(count).fill(one));
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** What is sent first, and what again and again until the connection ends; `deaf` reads no answer. */
const floods: Record<string, { first?: Buffer; again: (round: number) => Buffer; deaf?: boolean }> =
  {
    "requests that are taken back at once": {
      again: (round) =>
        Buffer.concat(
          Array.from({ length: 100 }, (_, i) => {
            const stream = 2 * (100 * round + i) + 1;
            const headers = frame(Frame.Headers, endHeaders, stream, asked);
            return Buffer.concat([headers, frame(Frame.Reset, 0, stream, number(8))]);
          }),
        ),
    },
    "headers that go on in further frames": {
      first: frame(Frame.Headers, 0, 1, asked),
      again: () => many(frame(Frame.Continuation, 0, 1, block([["x-a", "b"]])), 10),
    },
    "further frames of headers with nothing in them": {
      first: frame(Frame.Headers, 0, 1, asked),
      again: () => many(frame(Frame.Continuation, 0, 1, none)),
    },
    "data with nothing in it": { first: begun, again: () => many(frame(Frame.Data, 0, 1, none)) },
    priorities: {
      first: begun,
      again: () => many(frame(Frame.Priority, 0, 1, Buffer.concat([number(0), Buffer.from([1])]))),
    },
    "window updates": {
      first: begun,
      again: () => many(frame(Frame.WindowUpdate, 0, 1, number(1))),
    },
    "settings whose answers nobody reads": {
      again: () => many(frame(Frame.Settings, 0, 0, none)),
      deaf: true,
    },
    "pings whose answers nobody reads": {
      again: () => many(frame(Frame.Ping, 0, 0, Buffer.alloc(8))),
      deaf: true,
    },
  };

/** Goes on as fast as the other side takes it. */
async function flood(connection: Http2Connection, again: (round: number) => Buffer): Promise<void> {
  let ended = false;
  void connection.closed.then(() => (ended = true));
  for (let round = 0; !ended; round++) {
    if (connection.socket.write(again(round))) await new Promise(setImmediate);
    else
      await Promise.race([
        connection.closed,
        new Promise((resolve) => connection.socket.once("drain", resolve)),
      ]);
  }
}

describe("ends the connection, while others are served:", () => {
  test.each(Object.entries(floods))("%s", async (_, { first, again, deaf }) => {
    const connection = openHttp2(t.gateway.ports.http!);
    if (deaf) connection.socket.pause();
    if (first) connection.send(first);
    await flood(connection, again);
    expect((await t.request("/a/x")).status).toBe(200);
  });
});

test("an answer that its client does not read ends after the idle time", async () => {
  const socket = connect(t.gateway.ports.http!, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET /large/x HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually(() => expect(large.seen.length).toBe(1));
  const active = async () =>
    await t.gateway.envoy!.current()!.admin("/stats?filter=^http\\.http\\.downstream_rq_active$");
  await eventually(async () => expect(await active()).toContain("active: 0"));
  socket.destroy();
});

test("2,000 connections that ask nothing keep nobody from being served", async () => {
  const sockets = Array.from({ length: 2_000 }, () => connect(t.gateway.ports.http!, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => {});
  const active = async () =>
    Number(
      /: (\d+)/.exec(
        await t.gateway
          .envoy!.current()!
          .admin("/stats?filter=^http\\.http\\.downstream_cx_active$"),
      )![1],
    );
  await eventually(async () => expect(await active()).toBeGreaterThanOrEqual(2_000));
  expect((await t.request("/a/x")).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});
