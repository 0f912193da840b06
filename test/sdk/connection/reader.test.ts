/** The strict reader of connections: what it lets pass, in whatever pieces bytes come. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installed } from "../../../controller/installed.ts";
import { simulate, type Gateway } from "../../../host-sim/index.ts";
import { accepted, bytesOf, get, given, post, refused, type LineCase } from "./cases.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await simulate({ module: readFileSync(installed("dist/connection.wasm")) });
});
afterAll(() => gateway.close());

/** What gets through, of bytes that come in these pieces. */
function through(...pieces: string[]): string {
  const connection = gateway.connect();
  for (const piece of pieces) connection.client.send(Buffer.from(piece, "latin1"));
  const { received } = connection.upstream;
  connection.client.reset();
  return Buffer.from(received).toString("latin1");
}

/** So many empty lines stand before a request where Envoy may stop; there are no others that would be as many. */
const mark = 64;

/** Behind headers or chunks it stands behind their two line ends, behind a body with a length behind that. */
const withoutMarks = (text: string): string =>
  text.replace(/[\r\n]{64,}/g, (lines) => {
    const own = lines.length - mark < 4 ? 0 : 4;
    return lines.slice(0, own) + lines.slice(own + mark);
  });

/** What comes later than the bytes that Envoy refuses does not matter: it closes the connection. */
function expectGiven(one: LineCase, passed: string): void {
  const expected = given(one);
  const seen = withoutMarks(passed);
  expect(one.text.includes("¦") ? seen.slice(0, expected.length) : seen).toBe(expected);
}

describe.each([
  ["lets pass", accepted],
  ["stops at", refused],
])("%s", (_, cases) => {
  test.each(cases)("$name", (one) => {
    const bytes = bytesOf(one);
    expect(through(bytes)).toBe(given(one));
    for (let at = 1; at < bytes.length; at++)
      expectGiven(one, through(bytes.slice(0, at), bytes.slice(at)));
    expectGiven(one, through(...bytes));
  });
});

test("bytes of bodies pass untouched, also beyond what is looked at in one go", () => {
  const body = "\n\r\n ".repeat(50_000);
  const request = post(body, `Content-Length: ${body.length}`) + get();
  expect(through(request)).toBe(request);
  const chunks = `${body.length.toString(16)}\r\n${body}\r\n`.repeat(3);
  const streamed = post(`${chunks}0\r\n\r\n`, "Transfer-Encoding: chunked");
  expect(through(streamed + get())).toBe(streamed + get());
  expect(through(`${streamed}GET /\n`)).toBe(`${streamed}GET /\r\0\r\n\r\n`);
});

test("as many small requests as a buffer holds, the last one incomplete", () => {
  const requests = get().repeat(3_000);
  const passed = through(`${requests}GET /a/x HTTP`, "/1.1\nHost: a\n\n");
  expect(passed.length).toBe(requests.length + 3_000 * mark + 17 + 6);
  expect(withoutMarks(passed)).toBe(`${requests}GET /a/x HTTP/1.1\r\0\r\n\r\n`);
});

describe("does not look behind", () => {
  const wild = "\n\r \n\0 GET / HTTP/1.1\n\n";
  test.each([
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["an upgrade to WebSocket", get("/a/x", "Connection: Upgrade", "Upgrade: websocket")],
    [
      "one among other words",
      get("/a/x", "Connection: keep-alive ,\tUPGRADE, x", "upgrade:WebSocket "),
    ],
    [
      "one whose words stand apart",
      get("/a/x", "Connection: x", "Upgrade: websocket", "Connection: upgrade"),
    ],
  ])("%s", (_, head) => {
    for (let at = 0; at < head.length; at++)
      expect(through(head.slice(0, at), head.slice(at) + wild, wild)).toBe(head + wild + wild);
  });
});

describe("looks on behind", () => {
  const upgrade = ["Connection: upgrade", "Upgrade: websocket"];
  test.each([
    ["an upgrade to HTTP/2", get("/a/x", "Connection: upgrade", "Upgrade: h2c")],
    ["an upgrade to something else", get("/a/x", "Connection: upgrade", "Upgrade: x")],
    ["two upgrades", get("/a/x", ...upgrade, "Upgrade: h2c")],
    ["an upgrade that the connection does not name", get("/a/x", "Upgrade: websocket")],
    [
      "one that it names in part",
      get("/a/x", "Connection: upgrades, xupgrade", "Upgrade: websocket"),
    ],
    ["an upgrade with a body", post("hello", ...upgrade, "Content-Length: 5")],
    ["an upgrade with chunks", post("0\r\n\r\n", ...upgrade, "Transfer-Encoding: chunked")],
    ["HTTP/2 in the middle", `${get()}PRI / HTTP/2.0\r\n\r\n`],
    [
      "a list of words too long to be kept",
      get("/a/x", `Connection: ${"x, ".repeat(80)}upgrade`, "Upgrade: websocket"),
    ],
  ])("%s", (_, head) => {
    for (let at = 0; at < head.length; at++) {
      const passed = through(head.slice(0, at), head.slice(at), "GET / HTTP/1.1\n\n");
      expect(withoutMarks(passed)).toBe(`${head}GET / HTTP/1.1\r\0\r\n\r\n`);
    }
  });
});

describe("counts", () => {
  const counted = (reason: string): number =>
    Number(gateway.metrics()[`wasmcustom.sluice.connections_ended.reason=${reason}`] ?? 0);

  test("a connection whose bytes are refused, once", () => {
    const before = counted("bytes");
    through("GET / HTTP/1.1\n", "Host: a\n\n");
    through(get());
    expect(counted("bytes")).toBe(before + 1);
  });

  test("one that finds no room among those in the middle of a request, and lets others go on", () => {
    const half = Array.from({ length: 65_536 }, () => {
      const connection = gateway.connect();
      connection.client.send(Buffer.from("GET / HT"));
      return connection;
    });
    const passes = (text: string) => {
      const { client, upstream } = gateway.connect();
      client.send(Buffer.from(text));
      return { text: Buffer.from(upstream.received).toString(), closed: client.closed };
    };
    expect(passes("GET / HT")).toEqual({ text: "", closed: true });
    expect(counted("room")).toBe(1);
    expect(passes(get()).text).toBe(get());
    half[7]!.client.reset();
    expect(passes("GET / HT").text).toBe("GET / HT");
    for (const { client } of half) client.reset();
    expect(counted("room")).toBe(1);
  });
});
