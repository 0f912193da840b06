/** Where one request ends and the next begins: what two servers may see in two places is refused, and closes its connection. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAttacked, type Attacked, type Outcome } from "../../fixtures/attacked.ts";

const smuggled = "GET /b/ID-smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const post = (...lines: string[]) =>
  ["POST /a/ID HTTP/1.1", "Host: a", ...lines, "", ""].join("\r\n");
const chunked = (body: string) => post("Transfer-Encoding: chunked") + body;

/** Each is followed by `smuggled`, which must not be served. */
const refused: Record<string, string> = {
  "CL.TE": post("Content-Length: 6", "Transfer-Encoding: chunked") + "0\r\n\r\nG",
  "TE.CL": post("Transfer-Encoding: chunked", "Content-Length: 4") + "5c\r\nGPOST",
  "TE.TE, an unknown one": post("Transfer-Encoding: chunked", "Transfer-Encoding: x"),
  "TE.TE, the same": post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
  "TE.TE, identity": post("Transfer-Encoding: identity, chunked"),
  "TE identity": post("Transfer-Encoding: identity"),
  "TE identity beside a length": post("Transfer-Encoding: identity", "Content-Length: 0"),
  "TE after chunked": post("Transfer-Encoding: chunked, identity"),
  "TE gzip": post("Transfer-Encoding: gzip, chunked"),
  "TE xchunked": post("Transfer-Encoding: xchunked"),
  "TE with a parameter": post("Transfer-Encoding: chunked;q=1"),
  "TE in quotes": post('Transfer-Encoding: "chunked"'),
  "TE with a comma": post("Transfer-Encoding: chunked,"),
  "TE of nothing": post("Transfer-Encoding:"),
  "TE after a vertical tab": post("Transfer-Encoding: \x0bchunked"),
  "TE before a space": post("Transfer-Encoding : chunked"),
  "TE after a space": "POST /a/ID HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\n\r\n",
  "TE with an underscore": post("Transfer_Encoding: chunked"),
  "TE in HTTP/1.0": "POST /a/ID HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
  "a negative length": post("Content-Length: -1"),
  "a length with a sign": post("Content-Length: +0"),
  "two equal lengths": post("Content-Length: 0", "Content-Length: 0"),
  "two lengths": post("Content-Length: 0", "Content-Length: 37"),
  "a list of lengths": post("Content-Length: 0, 0"),
  "a hexadecimal length": post("Content-Length: 0x0"),
  "a length with a fraction": post("Content-Length: 0.0"),
  "an empty length": post("Content-Length:"),
  "a length beyond 64 bits": post("Content-Length: 18446744073709551616"),
  "a length before a space": post("Content-Length : 0"),
  "a length with an underscore": post("Content_Length: 0"),
  "chunks that end in LF": chunked("3\nabc\n0\n\n"),
  "LF in a chunk's extension": chunked("3;a\nabc\r\n0\r\n\r\n"),
  "CR in a chunk's extension": chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"),
  "a chunk's size with 0x": chunked("0x3\r\nabc\r\n0\r\n\r\n"),
  "a chunk's size with a sign": chunked("+3\r\nabc\r\n0\r\n\r\n"),
  "a negative chunk": chunked("-3\r\nabc\r\n0\r\n\r\n"),
  "a chunk's size after a space": chunked(" 3\r\nabc\r\n0\r\n\r\n"),
  "a chunk's size beyond 64 bits": chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"),
  "a chunk's size with an underscore": chunked("1_0\r\nabc\r\n0\r\n\r\n"),
  "a header without a colon": post("Content-Length"),
  "a header without a name": post(": 0"),
  "a parenthesis in a name": post("X(A): b"),
  "a third word in the first line": "GET /a/ID HTTP/1.1 x\r\nHost: a\r\n\r\n",
  "HTTP/0.9": "GET /a/ID\r\n\r\n",
  "HTTP/1.2": "GET /a/ID HTTP/1.2\r\nHost: a\r\n\r\n",
  "HTTP/2.0 without its preface": "GET /a/ID HTTP/2.0\r\nHost: a\r\n\r\n",
  "HTTP/01.1": "GET /a/ID HTTP/01.1\r\nHost: a\r\n\r\n",
  "a method in small letters": "get /a/ID HTTP/1.1\r\nHost: a\r\n\r\n",
  "a space before the method": " GET /a/ID HTTP/1.1\r\nHost: a\r\n\r\n",
  "Host among the headers of this hop": post("Connection: host"),
};

/** Read in one way, and written anew for the upstream; what follows is a request of its own. */
const read: Record<string, [bytes: string, body: string]> = {
  "chunked in capitals": [post("Transfer-Encoding: CHUNKED") + "3\r\nabc\r\n0\r\n\r\n", "abc"],
  "chunked after a tab": [post("Transfer-Encoding:\tchunked") + "3\r\nabc\r\n0\r\n\r\n", "abc"],
  "an extension of a chunk": [chunked('3;a="b"\r\nabc\r\n0\r\n\r\n'), "abc"],
  "headers behind the chunks": [
    chunked("3\r\nabc\r\n0\r\nContent-Length: 9\r\nX-Sluice: 1\r\n\r\n"),
    "abc",
  ],
  "a request as a GET's body": [
    `GET /a/ID HTTP/1.1\r\nHost: a\r\nContent-Length: 23\r\n\r\nGET /b/x HTTP/1.1\r\nH: a`,
    "GET /b/x HTTP/1.1\r\nH: a",
  ],
  "a length with a zero before it": [post("Content-Length: 03") + "abc", "abc"],
  "a length among the headers of this hop": [
    post("Content-Length: 3", "Connection: content-length") + "abc",
    "abc",
  ],
  "chunks among the headers of this hop": [
    post("Transfer-Encoding: chunked", "Connection: transfer-encoding") + "3\r\nabc\r\n0\r\n\r\n",
    "abc",
  ],
  "an upgrade to HTTP/2": [
    post("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    "",
  ],
  "empty lines before it": ["\r\n\r\nGET /a/ID HTTP/1.1\r\nHost: a\r\n\r\n", ""],
};

/** No reader has to take these. Where one does, it reads them so, and the upstream sees nothing of what is odd. */
const lenient: typeof read = {
  "a chunk that is longer than its size": [chunked("3\r\nabcd\r\n0\r\n\r\n"), "abc"],
  "a space after a chunk's size": [chunked("3 \r\nabc\r\n0\r\n\r\n"), "abc"],
  "two spaces and tabs in the first line": ["GET \t/a/ID  HTTP/1.1\r\nHost: a\r\n\r\n", ""],
};

let t: Attacked;
const outcomes = new Map<string, Outcome>();
beforeAll(async () => {
  t = await startAttacked();
  const served = [...Object.values(read), ...Object.values(lenient)].map(([bytes]) => bytes);
  const all = [...Object.values(refused), ...served];
  const one = async (bytes: string) => outcomes.set(bytes, await t.attack(bytes + smuggled));
  await Promise.all(all.map(one));
});
afterAll(() => t.close());

function expectRefused({ statuses, seen, wentOn }: Outcome): void {
  expect(statuses.length).toBe(1);
  expect(statuses[0]).toBeGreaterThanOrEqual(400);
  expect(seen).toEqual([]);
  expect(wentOn).toBe(false);
}

function expectRead({ statuses, text, seen, sentTo, wentOn }: Outcome, body: string): void {
  expect(sentTo).toEqual(["/a/ID", "/b/ID-smuggled"]);
  expect(statuses).toEqual([200, 200, 200]);
  expect(wentOn).toBe(true);
  expect([...text.matchAll(/x-tiny: tiny/g)].length).toBe(2);
  const [first] = seen;
  expect(Buffer.from(first!.body).toString()).toBe(body);
  expect(first!.trailers).toEqual([]);
  const names = first!.headers.map(([name]) => name);
  for (const name of ["connection", "upgrade", "http2-settings", "x-sluice"])
    expect(names).not.toContain(name);
  const lengths = names.filter((name) => /content-length|transfer-encoding/.test(name));
  expect(lengths.length).toBe(first!.method === "GET" && body === "" ? 0 : 1);
}

describe("is refused with one answer and the end of its connection:", () => {
  test.each(Object.entries(refused))("%s", (_, bytes) => expectRefused(outcomes.get(bytes)!));
});

describe("is one request, with its policies:", () => {
  test.each(Object.entries(read))("%s", (_, [bytes, body]) =>
    expectRead(outcomes.get(bytes)!, body),
  );
});

describe("is refused, or one request with its policies:", () => {
  test.each(Object.entries(lenient))("%s", (_, [bytes, body]) => {
    const outcome = outcomes.get(bytes)!;
    if (outcome.seen.length === 0) expectRefused(outcome);
    else expectRead(outcome, body);
  });
});

test.each(["x-user", "authorization", "x-forwarded-proto", "x-request-id", "close, x-user"])(
  "Connection: %s takes its header from what policies see, and is not passed on",
  async (named) => {
    const { seen, statuses } = await t.attack(
      `GET /a/ID HTTP/1.1\r\nHost: a\r\nX-User: ada\r\nAuthorization: x\r\nConnection: ${named}\r\n\r\n`,
    );
    if (statuses[0] !== 200) return expect(seen).toEqual([]);
    const headers = new Map(seen[0]!.headers);
    expect(headers.get("connection")).toBeUndefined();
    // What Envoy and policies set for the upstream stays.
    expect(headers.get("x-forwarded-proto")).toBe("http");
    expect(headers.get("x-request-id")).toBeDefined();
    for (const name of named.split(", ").filter((one) => /x-user|authorization/.test(one)))
      expect(headers.has(name)).toBe(false);
  },
);
