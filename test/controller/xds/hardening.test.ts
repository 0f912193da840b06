import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { answersTo } from "../fixtures/raw.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ limits: { headersTimeoutMs: 1_000 } });
  const api = restApi("a", t.upstream.port, {
    policies: [{ name: "tiny", version: "v1" }],
    operations: ["GET", "POST"].map((method) => ({ method, path: "/*" })),
  });
  await t.manage("POST", "/rest-apis?wait=10s", api);
});
afterAll(() => t.close());

const get = (path: string, ...lines: string[]) =>
  ["GET " + path + " HTTP/1.1", "Host: a", ...lines, "", ""].join("\r\n");

test("a plain request passes, so that what follows is refused for its own fault", async () => {
  expect((await answersTo(t.gateway.ports.http!, get("/a/x"))).statuses).toEqual([200]);
});

const ambiguous: [string, string][] = [
  ["two Host headers", get("/a/x", "Host: b")],
  ["two equal Host headers", get("/a/x", "Host: a")],
  ["no Host header", "GET /a/x HTTP/1.1\r\n\r\n"],
  ["credentials in the Host header", "GET /a/x HTTP/1.1\r\nHost: a@b\r\n\r\n"],
  ["a header name with an underscore", get("/a/x", "x_a: b")],
  ["a space before the colon", get("/a/x", "X-A : b")],
  ["bare LF as line ends", "GET /a/x HTTP/1.1\nHost: a\n\n"],
  ["a bare LF between headers", "GET /a/x HTTP/1.1\r\nHost: a\nX-B: c\r\n\r\n"],
  ["a bare CR in a header", get("/a/x", "X-A: b\rX-C: d")],
  ["a folded header", get("/a/x", "X-A: b", " folded")],
  ["a folded header that looks like another", get("/a/x", "X-A: b", " Transfer-Encoding: chunked")],
  ["an encoded slash", get("/a/x%2fy")],
  ["an encoded backslash", get("/a/x%5cy")],
  ["an encoded NUL", get("/a/x%00y")],
  ["a NUL in a header", get("/a/x", "X-A: b\0c")],
  ["101 headers", get("/a/x", ...Array.from({ length: 101 }, (_, i) => `X-${i}: 1`))],
  ["a URL of 70 KB", get("/a/" + "x".repeat(70_000))],
  [
    "two different content lengths",
    "POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ],
  ["a negative content length", "POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"],
  ["a content length with a sign", "POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na"],
  [
    "an unknown transfer encoding",
    "POST /a/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
  ],
  [
    "a chunk size that is none",
    "POST /a/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
  ],
  ["HTTP/1.0", "GET /a/x HTTP/1.0\r\nHost: a\r\n\r\n"],
  ["a path without a slash", "GET a/x HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a fragment in the path", get("/a/x#y")],
  ["an unknown method", "FROB /a/x HTTP/1.1\r\nHost: a\r\n\r\n"],
];

describe("refuses, and sends nothing upstream:", () => {
  test.each(ambiguous)("%s", async (_, bytes) => {
    const before = t.upstream.seen.length;
    const { statuses } = await answersTo(t.gateway.ports.http!, bytes);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect(t.upstream.seen.length).toBe(before);
  });
});

test.each([
  ["an ambiguous host", "GET /a/x HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, "Bad Request"],
  ["no host", "GET /a/x HTTP/1.1\r\n\r\n", 400, "Bad Request"],
  ["an encoded slash", get("/a/x%2fy"), 400, "Bad Request"],
  ["an underscore", get("/a/x", "x_a: b"), 400, "Bad Request"],
  ["no HTTP at all", get("/a/x", "X-A : b"), 400, "Bad Request"],
  ["too long a URL", get("/a/" + "x".repeat(70_000)), 431, "Request Header Fields Too Large"],
  [
    "too many headers",
    get("/a/x", ...Array.from({ length: 101 }, (_, i) => `X-${i}: 1`)),
    431,
    "Request Header Fields Too Large",
  ],
])("%s is answered as JSON", async (_, bytes, status, error) => {
  const { statuses, text } = await answersTo(t.gateway.ports.http!, bytes);
  expect(statuses).toEqual([status]);
  expect(text).toContain("content-type: application/json");
  expect(text.endsWith(JSON.stringify({ error }))).toBe(true);
});

const smuggling: [string, string][] = [
  [
    "content length beside chunks",
    "POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /a/smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  ],
  [
    "chunks hidden by a second encoding",
    "POST /a/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nGET /a/smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  ],
  [
    "an encoding behind a tab",
    "POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\nGET /a/smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  ],
];

test.each(smuggling)("no second request comes out of %s", async (_, bytes) => {
  const before = t.upstream.seen.length;
  const { statuses } = await answersTo(t.gateway.ports.http!, bytes);
  expect(statuses.length).toBeLessThanOrEqual(1);
  expect(t.upstream.seen.slice(before).map(({ path }) => path)).not.toContain("/smuggled");
});

test.each([
  ["dot segments", "/b/../a/x", "/x"],
  ["encoded dot segments", "/b/%2e%2e/a/x", "/x"],
  ["doubled slashes", "//a///x", "/x"],
])("%s reach the API they name, with its policies", async (_, path, upstream) => {
  const answer = await answersTo(t.gateway.ports.http!, get(path));
  expect(answer.statuses).toEqual([200]);
  expect(answer.text).toContain("x-tiny: tiny");
  expect(t.upstream.seen.at(-1)!.path).toBe(upstream);
});

test("a client cannot choose its scope or its upstream", async () => {
  const forged = [
    "x-sluice-scope: /other",
    "x-target-upstream: other",
    "x-envoy-original-path: /b",
  ];
  const answer = await answersTo(t.gateway.ports.http!, get("/a/x", ...forged));
  expect(answer.statuses).toEqual([200]);
  const names = t.upstream.seen.at(-1)!.headers.map(([name]) => name);
  expect(names).not.toContain("x-sluice-scope");
  expect(names).not.toContain("x-target-upstream");
});

test("slow headers are cut off", async () => {
  const sockets = Array.from({ length: 50 }, () => connect(t.gateway.ports.http!, "127.0.0.1"));
  let open = sockets.length;
  for (const socket of sockets) {
    socket.on("close", () => open--);
    socket.on("error", () => {});
    socket.resume();
    socket.write("GET /a/x HTTP/1.1\r\nHost: a\r\n");
  }
  const drip = setInterval(() => sockets.forEach((socket) => socket.write("X-A: b\r\n")), 200);
  await eventually(() => {
    if (open > 0) throw new Error(`${open} slow connections are open`);
  });
  clearInterval(drip);
});

test("CONNECT, which has no path, is 404, and its sender cannot fill the log with it", async () => {
  const connect = "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n";
  const before = t.logs.length;
  expect((await answersTo(t.gateway.ports.http!, connect)).statuses).toEqual([404]);
  expect((await answersTo(t.gateway.ports.http!, get("/a/x"))).statuses).toEqual([200]);
  expect(t.logs.slice(before).filter((line) => line.includes("lua"))).toEqual([]);
});
