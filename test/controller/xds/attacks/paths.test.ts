/** Paths and hosts that two servers may read in two ways: each is refused, or is sent on as the gateway read it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAttacked, type Attacked, type Outcome } from "../../fixtures/attacked.ts";

let t: Attacked;
const outcomes = new Map<string, Outcome>();
/** At once: Envoy takes a second to close a connection that it refuses. */
beforeAll(async () => {
  t = await startAttacked();
  const all = [
    ...[...read.map(([path]) => path), ...refusedTargets].map((target) => to(target)),
    ...[...hosts, ...noHosts].map((host) => to("/a/ID", host)),
  ];
  await Promise.all(all.map(async (bytes) => outcomes.set(bytes, await t.attack(bytes))));
});
afterAll(() => t.close());

const outcome = (bytes: string): Outcome => outcomes.get(bytes)!;

const to = (target: string, host = "a", method = "GET") =>
  `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

/** The path that the upstream is told was asked for; whoever is below `/a` passed its policy. */
const read: [path: string, as: string][] = [
  ["/b/../a/ID", "/a/ID"],
  ["/b/%2e%2e/a/ID", "/a/ID"],
  ["/b/.%2e/a/ID", "/a/ID"],
  ["/b/..;/a/ID", "/a/ID"],
  ["/a/..;/b/ID", "/b/ID"],
  ["/b/..%3b/a/ID", "/b/..%3b/a/ID"],
  ["/b/;/../a/ID", "/b/a/ID"],
  ["/b\\..\\a/ID", "/a/ID"],
  ["/b/..\\a/ID", "/a/ID"],
  ["//a//ID", "/a/ID"],
  ["/./a/./ID", "/a/ID"],
  ["/../../a/ID", "/a/ID"],
  ["///b///..///a/ID", "/b/a/ID"],
  ["/b/....//a/ID", "/b/..../a/ID"],
  ["/%61/ID", "/a/ID"],
  ["/a/ID%30%5a%7A%2d%2E%5F%7e", "/a/ID0Zz-._~"],
  ["/b/ID%3f/../../a/ID", "/a/ID"],
  ["/b/ID?/../../a/ID", "/b/ID?/../../a/ID"],
  // What is encoded twice is read once: an upstream that decodes it again does so behind the policies of `/b`.
  ["/b/%252e%252e/a/ID", "/b/%252e%252e/a/ID"],
  ["/b/..%252fa/ID", "/b/..%252fa/ID"],
  ["/b/%%32%65%%32%65/a/ID", "/b/%252e%252e/a/ID"],
  ["/b/..%%32%66a/ID", "/b/..%252fa/ID"],
  ["/b/..%%35%63a/ID", "/b/..%255ca/ID"],
  ["/b/%%36%31/ID", "/b/%2561/ID"],
  ["/b/ID%0d%0aX-A:%20b", "/b/ID%0d%0aX-A:%20b"],
  ["http://c/b/../a/ID", "/a/ID"],
  ["http://user:password@c/a/ID", "/a/ID"],
];

describe("is sent on as it was read, with the policies of that path:", () => {
  test.each(read)("%s", (path, as) => {
    const { statuses, text, seen, sentTo, wentOn } = outcome(to(path));
    expect(sentTo).toEqual([as]);
    expect(statuses).toEqual([200, 200]);
    expect(wentOn).toBe(true);
    const guarded = as.startsWith("/a/") ? 1 : 0;
    expect([...text.matchAll(/x-tiny: tiny/g)].length).toBe(guarded + 1);
    const names = seen.flatMap(({ headers }) => headers.map(([name]) => name));
    expect(names).not.toContain("x-a");
    expect(names).not.toContain("authorization");
  });
});

test("the host of an absolute target is the request's, whatever Host says", async () => {
  const { seen } = await t.attack(to("http://c/a/ID"));
  expect(new Map(seen[0]!.headers).get("x-envoy-original-host")).toBe("c");
});

const refusedTargets = [
  "/a/ID%2fx",
  "/a/ID%2Fx",
  "/a/ID%5cx",
  "/b/..%2fa/ID",
  "/a/ID%00",
  "/a/ID%",
  "/a/ID%2",
  "/a/ID%zz",
  "/a/ID%2g",
  "/a/ID%u002f",
  "/b/%c0%ae%c0%ae/a/ID",
  "/b/..%C0%AFa/ID",
  "/b/..%c1%9ca/ID",
  "/b/..%e0%80%afa/ID",
  "/b/..%f0%80%80%afa/ID",
  "/a/ID#x",
  "/a/ID x",
  "/a/ID\x01",
  "/a/ID\x7f",
  "/a/ID\xff",
  "a/ID",
  "*",
  "ftp://a/a/ID",
  "https://a/a/ID",
  "http:///a/ID",
];

describe("is refused as a target, and reaches no upstream:", () => {
  test.each(refusedTargets)("%s", (target) => {
    const { statuses, sentTo } = outcome(to(target));
    expect(sentTo).toEqual([]);
    expect(statuses[0]).toBeGreaterThanOrEqual(400);
  });
});

test("OPTIONS * is no API's", async () => {
  const { statuses, seen } = await t.attack(to("*", "a", "OPTIONS"));
  expect([statuses[0], seen.length]).toEqual([404, 0]);
});

const noHosts = [
  ...["", "a,b", "a b", "a\tb", "a/b", "a\\b", "a?b", "a#b", "a%2fb", "a@b", "user:x@a"],
  ...["a:", "a:0", "a:00080", "a:65536", "a:99999", "a:-1", "a:+80", "a:b", "a:80:80"],
  ...["[::1", "::1", "[::1]x", "[a:b%25c]", "http://a", "ä"],
];

describe("is refused as a host:", () => {
  test.each(noHosts)("%j", (host) => {
    const { statuses, seen } = outcome(to("/a/ID", host));
    expect(statuses[0]).toBe(400);
    expect(seen).toEqual([]);
  });
});

const hosts = [
  ...["a", "A.example.", "a-b_c.example", "xn--nxasmq6b", "127.0.0.1", "a:1", "a:65535"],
  ...["[::1]", "[::ffff:127.0.0.1]:8080"],
];

describe("is a host:", () => {
  test.each(hosts)("%s", (host) => {
    const { statuses, sentTo } = outcome(to("/a/ID", host));
    expect(statuses).toEqual([200, 200]);
    expect(sentTo).toEqual(["/a/ID"]);
  });
});
