import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { untilClosed } from "../fixtures/raw.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

/** Deploys under a name of its own and asserts that Envoy serves it. */
const deploy = async (name: string, spec: object) => {
  const answer = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi(name, t.upstream.port, spec),
  );
  expect(answer.body).toMatchObject({ status: { problem: null } });
  expect(answer.status).toBe(201);
};

/** Each operation has a timeout of its own, which the upstream sees: by it one knows which one took the request. */
const mark = (i: number) => ({ resilience: { timeout: `${i + 2}m` } });
const marked = (operations: object[]) =>
  operations.map((operation, i) => ({ ...operation, ...mark(i) }));
/** What says no timeout has that of the gateway, a minute. */
const unmarked = -1;

const taken = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
  const before = t.upstream.seen.length;
  const { status } = await t.request({ path, method, headers });
  if (status !== 200) return status;
  const seen = t.upstream.seen[before]!;
  const timeout = seen.headers.find(([name]) => name === "x-envoy-expected-rq-timeout-ms");
  return [Number(timeout?.[1]) / 60_000 - 2, seen.path];
};

describe("of the operations that match, the most specific takes the request:", () => {
  const get = (path: string) => ({ method: "GET", path });
  const operations = [
    get("/users/*"),
    get("/users/{id}"),
    get("/users/me"),
    get("/users/{id}/posts"),
    get("/files/{name}"),
    get("/files/v{n}.txt"),
    get("/"),
    { match: { method: "GET", path: { value: "/exact" } } },
    { match: { method: "GET", path: { value: "/pre/*", type: "PathPrefix" } } },
    { match: { method: "GET", path: { value: "/pre2", type: "PathPrefix" } } },
    get("/a/{id}/*"),
    get("/mid/*/x"),
  ];
  beforeAll(() => deploy("paths", { context: "/p/$version", operations: marked(operations) }));

  test.each([
    ["/users/me", [2, "/users/me"]],
    ["/users/me/", [2, "/users/me/"]],
    ["/users/7", [1, "/users/7"]],
    ["/users/7/", [0, "/users/7/"]],
    ["/users/7/posts", [3, "/users/7/posts"]],
    ["/users", [0, "/users"]],
    ["/users/7/posts/1", [0, "/users/7/posts/1"]],
    ["/usersx", 404],
    ["/files/v1.txt", [5, "/files/v1.txt"]],
    ["/files/other", [4, "/files/other"]],
    ["/files/other/", 404],
    ["", [6, "/"]],
    ["/", [6, "/"]],
    ["/?q=1", [6, "/?q=1"]],
    ["/exact", [7, "/exact"]],
    ["/exact/", 404],
    ["/pre/a/b", [8, "/pre/a/b"]],
    ["/pre", [8, "/pre"]],
    ["/pre2", [9, "/pre2"]],
    ["/pre2/a", 404],
    ["/a/7/b", 404],
    ["/mid/q/x", 404],
    ["/mid/*/x", [11, "/mid/*/x"]],
  ])("%s", async (path, expected) => {
    expect(await taken(`/p/v1.0${path}`)).toEqual(expected);
  });

  test("another method is 404, HEAD and OPTIONS too", async () => {
    for (const method of ["POST", "OPTIONS", "HEAD"])
      expect(await taken("/p/v1.0/users/me", {}, method)).toBe(404);
  });
});

test("headers and query parameters choose between equal paths, more matchers first, exact before expressions", async () => {
  const match = (rest: object) => ({ match: { method: "GET", path: { value: "/h" }, ...rest } });
  const header = (value: string, type: string) => ({ name: "X-Kind", value, type });
  const operations = [
    match({}),
    match({ headers: [header("a.*", "RegularExpression")] }),
    match({ headers: [header("ab", "Exact")] }),
    match({ headers: [header("ab", "Exact"), { name: "x-more", value: "1" }] }),
    match({ queryParams: [{ name: "q", value: "1" }], headers: [{ name: "x-q", value: "1" }] }),
  ];
  await deploy("headers", { operations: marked(operations) });
  expect(await taken("/headers/h")).toEqual([0, "/h"]);
  expect(await taken("/headers/h", { "x-kind": "ac" })).toEqual([1, "/h"]);
  expect(await taken("/headers/h", { "x-kind": "ab" })).toEqual([2, "/h"]);
  expect(await taken("/headers/h", { "x-kind": "ab", "x-more": "1" })).toEqual([3, "/h"]);
  expect(await taken("/headers/h", { "x-kind": "ba" })).toEqual([0, "/h"]);
  expect(await taken("/headers/h?q=1", { "x-q": "1" })).toEqual([4, "/h?q=1"]);
  expect(await taken("/headers/h?q=2", { "x-q": "1" })).toEqual([0, "/h?q=2"]);
});

test("contexts inside contexts share a scope, and the outer one takes what the inner one does not", async () => {
  const operations = (path: string, i: number) => [{ method: "GET", path, ...mark(i) }];
  await deploy("outer", { context: "/shared", operations: operations("/*", 0) });
  await deploy("inner", { context: "/shared/in", operations: operations("/x", 1) });
  await deploy("beside", { context: "/shared/inner", operations: operations("/{a}", 2) });
  expect(await taken("/shared/in/x")).toEqual([1, "/x"]);
  expect(await taken("/shared/in/y")).toEqual([0, "/in/y"]);
  expect(await taken("/shared/inner/y")).toEqual([2, "/y"]);
  expect(await taken("/shared/inner/y/z")).toEqual([0, "/inner/y/z"]);
});

test("the context goes and the upstream's base path comes", async () => {
  const url = (path: string) => ({
    upstream: { main: { url: `http://127.0.0.1:${t.upstream.port}${path}` } },
  });
  await deploy("based", url("/api/v2/"));
  expect(await taken("/based/x?y=z")).toEqual([unmarked, "/api/v2/x?y=z"]);
  expect(await taken("/based")).toEqual([unmarked, "/api/v2"]);
  await deploy("same", { ...url("/same") });
  expect(await taken("/same/x")).toEqual([unmarked, "/same/x"]);
});

test("the upstream gets its own host, or the client's when rewriting is manual", async () => {
  const host = async (path: string) => {
    await t.request({ path, headers: { host: "shop.example" } });
    return t.upstream.seen.at(-1)!.headers.find(([name]) => name === "host")![1];
  };
  await deploy("auto", {});
  const url = `http://127.0.0.1:${t.upstream.port}`;
  await deploy("manual", { upstream: { main: { url, hostRewrite: "manual" } } });
  expect(await host("/auto/x")).toBe(`127.0.0.1:${t.upstream.port}`);
  expect(await host("/manual/x")).toBe("shop.example");
});

test("hosts part APIs: named, by wildcard, with any port; the sandbox has its own upstream", async () => {
  const url = (path: string) => ({ url: `http://127.0.0.1:${t.upstream.port}${path}` });
  await deploy("hosted", {
    upstream: { main: url("/main"), sandbox: url("/sand") },
    vhosts: { main: "a.example;*.b.example", sandbox: "s.example" },
  });
  await deploy("default", { upstream: { main: url("/main"), sandbox: url("/sand") } });
  await deploy("nosand", { upstream: { main: url("/main") } });
  const path = async (host: string, path: string) => {
    const answer = await t.request({ path, headers: { host } });
    return answer.status === 200
      ? (JSON.parse(answer.text) as { path: string }).path
      : answer.status;
  };
  expect(await path("a.example", "/hosted/x")).toBe("/main/x");
  expect(await path("a.example:8080", "/hosted/x")).toBe("/main/x");
  expect(await path("q.b.example", "/hosted/x")).toBe("/main/x");
  expect(await path("s.example", "/hosted/x")).toBe("/sand/x");
  expect(await path("other.example", "/hosted/x")).toBe(404);
  expect(await path("any.example", "/default/x")).toBe("/main/x");
  expect(await path("sandbox-1.example", "/default/x")).toBe("/sand/x");
  expect(await path("sandbox-1.example", "/nosand/x")).toBe(404);
});

test("the gateway's health is asked for on every host that an API has, and by GET alone", async () => {
  await deploy("healthy", {
    upstream: {
      main: { url: `http://127.0.0.1:${t.upstream.port}` },
      sandbox: { url: `http://127.0.0.1:${t.upstream.port}` },
    },
    vhosts: { main: "h.example;*.h.example", sandbox: "s.h.example" },
  });
  const ask = async (host: string, name: string, method = "GET") => {
    const { status, text } = await t.request({
      ...{ method, path: `/_gateway-health/${name}` },
      headers: { host },
    });
    return [status, text];
  };
  for (const host of ["h.example", "a.h.example", "s.h.example:8080", "sandbox-1", "nobody"])
    for (const name of ["ready", "healthy"])
      expect([host, ...(await ask(host, name))]).toEqual([host, 200, `{"status":"${name}"}`]);
  for (const answer of [await ask("h.example", "ready", "POST"), await ask("h.example", "other")])
    expect(answer).toEqual([404, '{"error":"Not Found"}']);
});

test("of operations that match alike the first takes the request", async () => {
  await deploy("ties", {
    operations: marked([
      { method: "GET", path: "/{a}/x" },
      { method: "GET", path: "/{b}/x" },
      { match: { method: "GET", path: { value: "/y" }, headers: [{ name: "x-1", value: "1" }] } },
      { match: { method: "GET", path: { value: "/y" }, headers: [{ name: "x-2", value: "1" }] } },
    ]),
  });
  expect(await taken("/ties/7/x")).toEqual([0, "/7/x"]);
  expect(await taken("/ties/y", { "x-2": "1", "x-1": "1" })).toEqual([2, "/y"]);
});

test("a regular expression has to match the whole value, of a header and of a query parameter", async () => {
  const whole = [{ name: "x-kind", value: "a|b.", type: "RegularExpression" }];
  const match = (value: string, rest: object) => ({
    match: { method: "GET", path: { value }, ...rest },
  });
  await deploy("whole", {
    operations: marked([match("/h", { headers: whole }), match("/q", { queryParams: whole })]),
  });
  for (const [value, expected] of [
    ["a", 200],
    ["bc", 200],
    ["ab", 404],
    ["bcd", 404],
    ["xa", 404],
  ] as const) {
    const header = await t.request({ path: "/whole/h", headers: { "X-KIND": value } });
    const query = await t.request(`/whole/q?x-kind=${value}`);
    expect([value, header.status, query.status]).toEqual([value, expected, expected]);
  }
});

test("every request has an id of the gateway's, and no path that a client says was the original", async () => {
  await deploy("ids", {});
  const headers = { "x-request-id": "mine", "x-envoy-original-path": "/of/a/client" };
  await t.request({ path: "/ids/x", headers });
  const sent = new Map(t.upstream.seen.at(-1)!.headers);
  expect(sent.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(sent.get("x-envoy-original-path")).toBe("/ids/x");
});

test("an upstream that cannot be reached, or is too slow, is told as JSON", async () => {
  await deploy("gone", { upstream: { main: { url: "http://127.0.0.1:1" } } });
  const answer = await t.request("/gone/x");
  expect([answer.status, answer.text]).toEqual([503, '{"error":"Service Unavailable"}']);
});

describe("an upstream that breaks HTTP is told as JSON, too, and not how it broke it:", () => {
  /** What the upstream says to the next request. */
  let says = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(says));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const main = { upstream: { main: { url: `http://127.0.0.1:${port}` } } };
    await deploy("odd", main);
    await deploy("odd-chain", { ...main, policies: [{ name: "tiny", version: "v1" }] });
  });
  afterAll(() => void server.close());

  const status = (code: string) => `HTTP/1.1 ${code} Odd\r\ncontent-length: 2\r\n\r\nok`;
  test.each([
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ...["0", "20", "99", "-1", "abc"].map((code) => [`status ${code}`, status(code)]),
  ])("%s", async (_, answer) => {
    for (const path of ["/odd/x", "/odd-chain/x"]) {
      says = answer!;
      const { status, text, headers } = await t.request(path);
      expect([path, status, text]).toEqual([path, 502, '{"error":"Bad Gateway"}']);
      expect(headers).toContainEqual(["content-type", "application/json"]);
    }
  });

  test.each(["999", "1000"])("but status %s is the client's to read", async (code) => {
    says = status(code);
    const request = "GET /odd-chain/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    const { text } = await untilClosed(t.gateway.ports.http!, request);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${code} `));
  });
});
