/** LF and CR alone and folded headers in a gateway. The reader's cases play in the simulator too: `test/sdk/connection/`. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { UpstreamRequest } from "../../../host-sim/http/upstream.ts";
import {
  accepted,
  bytesOf,
  get,
  post,
  refused,
  type LineCase,
} from "../../sdk/connection/cases.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { RawSocket } from "../fixtures/socket.ts";
import { mutation, pieces, pipeline, readByNode, type ReadRequest } from "./pipelines.ts";

/** Speaks WebSocket as far as it says so, and then what it hears. */
const echo = createServer((socket: Socket) => {
  socket.once("data", () => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    socket.pipe(socket);
  });
  socket.on("error", () => {});
});

let t: TestGateway;
beforeAll(async () => {
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  t = await startTestGateway({ ports: { https: 0 } });
  const operations = ["GET", "POST"].map((method) => ({ method, path: "/*" }));
  const policies = [{ name: "tiny", version: "v1" }];
  await t.manage("POST", "/rest-apis", restApi("ws", (echo.address() as AddressInfo).port));
  const api = restApi("a", t.upstream.port, { policies, operations });
  await t.manage("POST", "/rest-apis?wait=10s", api);
});
afterAll(async () => {
  await t.close();
  await new Promise((resolve) => echo.close(resolve));
});

const plain = () => RawSocket.open(t.gateway.ports.http!);
const overTls = () => RawSocket.openTls(t.gateway.ports.https!, "http/1.1");

async function sent(open: () => Promise<RawSocket>, ...parts: string[]): Promise<RawSocket> {
  const socket = await open();
  for (const part of parts) await socket.send(part);
  return socket;
}

const bye = get("/a/end", "Connection: close");

/** What is answered to a case that comes in these pieces, until the gateway answers no more. */
async function answersTo(open: () => Promise<RawSocket>, ...parts: string[]): Promise<number[]> {
  const socket = await sent(open, ...parts);
  const answers = await socket.lastAnswered();
  socket.destroy();
  return answers;
}

const withEnd = (one: LineCase): LineCase =>
  one.text.includes("¦") ? one : { ...one, text: one.text + bye, answers: [...one.answers, 200] };
const cases = [...accepted, ...refused].map(withEnd);

describe.each([
  ["plain", plain],
  ["over TLS", overTls],
])("%s", (_, open) => {
  test("each case is answered as it should, and the upstream gets none of what is refused", async () => {
    const before = t.upstream.seen.length;
    const seen = await Promise.all(
      cases.map(async (one) => ({
        name: one.name,
        answers: await (await sent(open, bytesOf(one))).ended(),
      })),
    );
    expect(seen).toEqual(cases.map(({ name, answers }) => ({ name, answers })));
    const good = cases.flatMap(({ answers }) => answers.filter((status) => status === 200));
    expect(t.upstream.seen.length - before).toBe(good.length);
  });
});

test("what is refused is answered as the gateway's other errors", async () => {
  const socket = await sent(plain, "GET /a/x HTTP/1.1\nHost: a\n\n");
  expect(await socket.ended()).toEqual([400]);
  expect(socket.text).toContain("content-type: application/json");
  expect(socket.text.endsWith(JSON.stringify({ error: "Bad Request" }))).toBe(true);
});

test("what is refused is counted, once for each connection", async () => {
  const counted = async () => {
    const stats = await t.gateway.envoy!.current()!.admin("/stats/prometheus");
    return Number(
      /^sluice_connections_ended\{sluice_tags="reason=bytes"\} (\d+)$/m.exec(stats)?.[1] ?? 0,
    );
  };
  const before = await counted();
  await answersTo(plain, "GET /a/x HTTP/1.1\nHost: a\n\n", "more\n");
  await answersTo(overTls, "GET /a/x HTTP/1.1\nHost: a\n\n");
  await answersTo(plain, bye);
  expect((await counted()) - before).toBe(2);
});

test.each(cases.filter(({ name }) => /^(LF behind a header, b|chunks with t)/.test(name)))(
  "the same in two pieces, wherever they part: $name",
  async (one) => {
    const bytes = bytesOf(one);
    for (let at = 1; at < bytes.length; at++)
      expect(await answersTo(plain, bytes.slice(0, at), bytes.slice(at))).toEqual(one.answers);
  },
);

/**
 * Envoy leaves what follows a request in the connection's buffer until that is answered, and shows it again. A client that
 * repeats itself must not pass for it: behind a 404, which Envoy gives at once, nothing is left.
 */
test.each([
  ["what waits for an answer is read once", "/a/x", 200],
  ["what is repeated is read twice", "/nowhere", 404],
])("%s", async (_, path, first) => {
  const again = post("", "Content-Length: 500");
  const body = again.padEnd(500, " ");
  const odd = "GET /a/x HTTP/1.1\nHost: a\n\n";
  const before = t.upstream.seen.length;
  expect(await answersTo(plain, get(path) + again, body, odd)).toEqual([first, 200, 400]);
  expect(await answersTo(plain, get(path) + again, body + odd)).toEqual([first, 200, 400]);
  expect(await answersTo(plain, get(path) + again + body.slice(0, 9), body.slice(9), bye)).toEqual([
    ...[first, 200, 200],
  ]);
  const bodies = t.upstream.seen.slice(before).filter(({ method }) => method === "POST");
  expect(bodies.map(({ body }) => Buffer.from(body).toString())).toEqual([body, body, body]);
});

test("10 MB of line ends are a body", async () => {
  const body = "\n\r\n \r".repeat(2_000_000);
  const answers = await answersTo(plain, post(body, `Content-Length: ${body.length}`), bye);
  expect(answers).toEqual([200, 200]);
  expect(Buffer.from(t.upstream.seen.at(-2)!.body).equals(Buffer.from(body))).toBe(true);
});

describe("an upgrade", () => {
  const asked = ["Connection: Upgrade", "Upgrade: websocket"];
  const wild = "\n\r \n\0 GET / HTTP/1.1\n\n";

  test("lets everything pass when it is granted", async () => {
    const socket = await sent(plain, get("/ws/x", ...asked));
    await socket.received("\r\n\r\n");
    expect(socket.answers).toEqual([101]);
    await socket.send(wild);
    await socket.received(wild);
    socket.destroy();
  });

  test("makes no second request when it is refused, whatever follows", async () => {
    const before = t.upstream.seen.length;
    const socket = await sent(plain, get("/a/x", ...asked) + get("/a/x"), wild, get("/a/x"));
    const later = await sent(plain, bye);
    await later.lastAnswered();
    later.destroy();
    expect(socket.answers.length).toBeLessThanOrEqual(1);
    socket.destroy();
    expect(t.upstream.seen.length - before).toBeLessThanOrEqual(2);
  });

  test.each(["h2c", "TLS/1.2", "x"])("to %s hides nothing behind it", async (to) => {
    const socket = await sent(plain, get("/a/x", "Connection: Upgrade", `Upgrade: ${to}`));
    await socket.send("GET /a/hidden HTTP/1.1\nHost: a\n\n");
    await socket.lastAnswered();
    socket.destroy();
    const paths = t.upstream.seen.map(({ path }) => path);
    expect(paths).not.toContain("/hidden");
  });
});

test("the preface of HTTP/2 opens nothing in HTTP/1", async () => {
  const preface = "PRI * HTTP/2.0\r\n\r\n";
  const odd = "GET /a/x HTTP/1.1\nHost: a\n\n";
  expect(await answersTo(plain, get(), preface + odd)).toEqual([200, 400]);
  // Envoy speaks HTTP/2 if the preface comes in one piece, which TCP does not promise.
  expect(await answersTo(plain, preface.slice(0, 9), preface.slice(9) + odd)).not.toContain(200);
  expect(await answersTo(overTls, preface + odd)).toEqual([400]);
});

describe("random requests", () => {
  const asRead = ({ method, path, body }: UpstreamRequest): ReadRequest => ({
    ...{ method, path: `/a${path}` },
    body: Buffer.from(body).toString("latin1"),
  });

  test("are answered and arrive as they were sent, in whatever pieces", async () => {
    const valid = pipeline.chain((one) => fc.tuple(fc.constant(one), pieces(one.text)));
    for (const [{ requests }, parts] of fc.sample(valid, 150)) {
      const before = t.upstream.seen.length;
      const answers = await answersTo(plain, ...parts);
      expect([answers, parts]).toEqual([requests.map(() => 200), parts]);
      expect(t.upstream.seen.slice(before).map(asRead)).toEqual(requests);
    }
  });

  test("with a byte that is another are read as another parser reads them, or refused", async () => {
    let count = 0;
    for (const [parts] of fc.sample(
      mutation.chain((text) => fc.tuple(pieces(text))),
      300,
    )) {
      const before = t.upstream.seen.length;
      const answers = await answersTo(plain, ...parts);
      const good = answers.filter((status) => status === 200).length;
      expect([answers.slice(0, good).every((status) => status === 200), parts]).toEqual([
        true,
        parts,
      ]);
      expect(answers.length - good).toBeLessThanOrEqual(1);
      if (good < answers.length) count++;
      const read = t.upstream.seen.slice(before).map(asRead);
      expect([read, parts]).toEqual([(await readByNode(parts.join(""))).slice(0, good), parts]);
    }
    // Both ways have been gone.
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(280);
  });
});
