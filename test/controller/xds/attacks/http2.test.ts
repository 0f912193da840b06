/** HTTP/2 requests that would be another thing when written as HTTP/1.1: each is refused, and its upstream sees nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAttacked, type Attacked } from "../../fixtures/attacked.ts";
import { block, endHeaders, endStream, frame, Frame, openHttp2 } from "../../fixtures/raw-http2.ts";

type Header = readonly [string, string];

const pseudo: Record<string, string> = {
  ":method": "POST",
  ":scheme": "http",
  ":path": "/a/ID",
  ":authority": "a",
};

/** The usual headers with some replaced (null: without), and more behind them. */
const asked = (replaced: Record<string, string | null>, ...more: Header[]): Header[] => [
  ...Object.entries({ ...pseudo, ...replaced }).filter(
    (one): one is [string, string] => one[1] !== null,
  ),
  ...more,
];

/** Bodies that are longer or shorter than was said have a second part. */
const refused: Record<string, [headers: Header[], body?: string]> = {
  "CR LF in a value": [asked({}, ["x-a", "b\r\nx-c: d"])],
  "LF in a value": [asked({}, ["x-a", "b\nx-c: d"])],
  "CR in a value": [asked({}, ["x-a", "b\rc"])],
  "NUL in a value": [asked({}, ["x-a", "b\0c"])],
  "CR LF in a name": [asked({}, ["x-a: b\r\nx-c", "d"])],
  "a colon in a name": [asked({}, ["x-a: b", "c"])],
  "a space in a name": [asked({}, ["x a", "b"])],
  "an empty name": [asked({}, ["", "b"])],
  "capitals in a name": [asked({}, ["X-A", "b"])],
  "an underscore in a name": [asked({}, ["x_a", "b"])],
  "CR LF in the path": [asked({ ":path": "/a/ID HTTP/1.1\r\nHost: b\r\n\r\n" })],
  "a space in the path": [asked({ ":path": "/a/ID HTTP/1.1" })],
  "a fragment in the path": [asked({ ":path": "/a/ID#b" })],
  "an encoded slash in the path": [asked({ ":path": "/a/ID%2f" })],
  "an empty path": [asked({ ":path": "" })],
  "no path": [asked({ ":path": null })],
  "a path without a slash": [asked({ ":path": "a/ID" })],
  "a whole URL as path": [asked({ ":path": "http://b/a/ID" })],
  "two paths": [asked({}, [":path", "/b/ID"])],
  "CR LF in the method": [asked({ ":method": "GET /b/ID HTTP/1.1\r\nX: " })],
  "a space in the method": [asked({ ":method": "GET /b/ID" })],
  "an empty method": [asked({ ":method": "" })],
  "no method": [asked({ ":method": null })],
  "two methods": [asked({}, [":method", "GET"])],
  "CONNECT with a path": [asked({ ":method": "CONNECT" })],
  "no scheme": [asked({ ":scheme": null })],
  "a scheme with more": [asked({ ":scheme": "http://b/ID?" })],
  "CR LF in the authority": [asked({ ":authority": "a\r\nx-c: d" })],
  "credentials in the authority": [asked({ ":authority": "user@a" })],
  "port 0 in the authority": [asked({ ":authority": "a:0" })],
  "no authority": [asked({ ":authority": null })],
  "two authorities": [asked({}, [":authority", "b"])],
  "an unknown pseudo-header": [asked({}, [":protocol", "websocket"])],
  "an answer's pseudo-header": [asked({}, [":status", "200"])],
  "a pseudo-header behind a header": [
    asked({ ":authority": null }, ["x-a", "b"], [":authority", "a"]),
  ],
  connection: [asked({}, ["connection", "x-user"])],
  "keep-alive": [asked({}, ["keep-alive", "5"])],
  "proxy-connection": [asked({}, ["proxy-connection", "keep-alive"])],
  "transfer-encoding": [
    asked({}, ["transfer-encoding", "chunked"]),
    "0\r\n\r\nGET /b/ID HTTP/1.1\r\n\r\n",
  ],
  upgrade: [asked({}, ["upgrade", "h2c"])],
  "te of another value": [asked({}, ["te", "gzip"])],
  "a length that is too short": [asked({}, ["content-length", "1"]), "abc"],
  "a length that is too long": [asked({}, ["content-length", "9"]), "abc"],
  "a length with a sign": [asked({}, ["content-length", "+3"]), "abc"],
  "two lengths": [asked({}, ["content-length", "3"], ["content-length", "4"]), "abc"],
};

let t: Attacked;
beforeAll(async () => {
  t = await startAttacked();
});
afterAll(() => t.close());

/** One request on a connection of its own; null when stream or connection ended without an answer. */
async function sent(id: string, headers: readonly Header[], body?: string): Promise<number | null> {
  const connection = openHttp2(t.gateway.ports.http!);
  const named = headers.map(([name, value]) => [name, value.replaceAll("ID", id)] as const);
  const flags = endHeaders | (body === undefined ? endStream : 0);
  connection.send(
    frame(Frame.Headers, flags, 1, block(named)),
    ...(body === undefined ? [] : [frame(Frame.Data, endStream, 1, Buffer.from(body))]),
  );
  const ends = [Frame.Headers, Frame.Reset];
  const came = await connection.first(
    (type, on) => type === Frame.GoAway || (on === 1 && ends.includes(type)),
  );
  connection.socket.destroy();
  return came?.type === Frame.Headers ? statusOf(came.payload) : null;
}

/** By HPACK's table, in which these have a place; others are 0. */
const statusOf = (payload: Buffer): number =>
  ({ 0x88: 200, 0x8c: 400, 0x8d: 404 })[payload[0]!] ?? 0;

const seen = (id: string) => t.upstream.seen.filter(({ path }) => path.includes(id));

describe("is refused, and reaches no upstream:", () => {
  const names = Object.keys(refused);
  const idOf = (name: string) => `r${names.indexOf(name)}-`;
  const statuses = new Map<string, number | null>();
  beforeAll(async () => {
    const one = async (name: string) =>
      statuses.set(name, await sent(idOf(name), ...refused[name]!));
    await Promise.all(names.map(one));
  });

  test.each(names)("%s", (name) => {
    expect(statuses.get(name)).not.toBe(200);
    expect(seen(idOf(name))).toEqual([]);
  });
});

test.each<[string, Header[]]>([
  ["is served, with its policies", []],
  ["has its authority as host, beside the same Host", [["host", "a"]]],
  ["keeps te for trailers", [["te", "trailers"]]],
])("what is none of these %s", async (title, more) => {
  const id = `plain${title.length}-`;
  expect(await sent(id, asked({}, ...more), "abc")).toBe(200);
  const [request] = seen(id);
  const hosts = request!.headers.filter(([name]) => name === "host");
  expect(hosts.length).toBe(1);
  expect(new Map(request!.headers).get("x-envoy-original-host")).toBe("a");
});
