/** An Envoy that is asked for more than it may take sheds load, in a real Envoy. */
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const sockets: Socket[] = [];
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  await t.close();
});

const ask = "GET /a/x HTTP/1.1\r\nHost: a\r\n\r\n";

/** One connection that asks once and stays. */
function stay(): { text(): string; closed(): boolean; again(): void } {
  let text = "";
  let closed = false;
  const socket = connect(t.gateway.ports.http!, "127.0.0.1", () => socket.write(ask));
  sockets.push(socket);
  socket.on("data", (chunk) => (text += chunk.toString("latin1")));
  socket.on("error", () => {});
  socket.on("close", () => (closed = true));
  return { text: () => text, closed: () => closed, again: () => socket.write(ask) };
}

const answers = (text: string) => text.match(/HTTP\/1\.1 200 /g)?.length ?? 0;
const be = (what: boolean, words: string) => {
  if (!what) throw new Error(words);
};

test("of more connections than there may be the last is closed, and the others go on", async () => {
  t = await startTestGateway({ overload: { maxConnections: 2 } });
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
  const first = [stay(), stay()];
  await eventually(() => first.forEach((one) => be(answers(one.text()) === 1, "not answered")));
  const third = stay();
  await eventually(() => be(third.closed(), "the third connection is open"));
  expect(third.text()).toBe("");
  first[0]!.again();
  await eventually(() => be(answers(first[0]!.text()) === 2, "not answered again"));
});

test("with a heap that is full requests are refused as JSON, and the management goes on", async () => {
  t = await startTestGateway({ overload: { maxHeapBytes: 1_048_576 } });
  await t.manage("POST", "/rest-apis", restApi("a", t.upstream.port));
  // Envoy looks at its heap four times a second.
  await eventually(async () => {
    const { status, text } = await t.request("/a/x");
    be(status === 503 && text === '{"error":"Service Unavailable"}', `answered ${status} ${text}`);
  });
  expect((await t.manage("GET", "/rest-apis/a")).status).toBe(200);
});
