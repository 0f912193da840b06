/** Requests that mean something else than their sender may think: each is refused in words, and does nothing. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { untilClosed } from "../fixtures/raw.ts";
import { RawSocket } from "../fixtures/socket.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { tinyModule } from "../tiny-filter.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
});
afterAll(() => t.close());

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  t.manage(method, path, body, headers);
const pets = (spec: object = {}) => restApi("pets", 9, spec);
const changed = pets({ context: "/changed" });
/** As fetch sends it: bytes that a text cannot hold. */
const sendBytes = async (bytes: Uint8Array, headers: Record<string, string>, path: string) => {
  const base = `http://127.0.0.1:${t.gateway.ports.management}/api/management/v1`;
  const answer = await fetch(base + path, { method: "PUT", headers, body: new Uint8Array(bytes) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

beforeEach(async () => {
  if ((await call("GET", "/rest-apis/pets")).status === 404)
    await call("POST", "/rest-apis", pets());
  else await call("PUT", "/rest-apis/pets", pets());
});

/** Whatever the work does: the document is what it was. */
async function changesNothing(work: () => Promise<unknown>): Promise<void> {
  const before = (await call("GET", "/rest-apis/pets")).body;
  await work();
  expect((await call("GET", "/rest-apis/pets")).body).toEqual(before);
}

const refusal = (status: number, field: string, words: string) => ({
  status,
  body: { status: "error", errors: [{ field, message: expect.stringContaining(words) }] },
});

describe("a trial", () => {
  test.each(["TRUE", "1", "yes", "", "true&dryRun=false"])(
    "that is asked for as dryRun=%s is not taken for a change",
    (value) =>
      changesNothing(async () => {
        for (const [method, body] of [["PUT", changed], ["DELETE"]] as const)
          expect(await call(method, `/rest-apis/pets?dryRun=${value}`, body)).toMatchObject(
            refusal(400, "dryRun", "must"),
          );
      }),
  );

  test.each(["dryrun", "dry-run", "DRY_RUN"])("that is asked for as %s is none", (name) =>
    changesNothing(async () => {
      expect(await call("DELETE", `/rest-apis/pets?${name}=true`)).toMatchObject(
        refusal(400, name, "is written dryRun"),
      );
    }),
  );

  test("of a removal says what would go, and lets it stay", () =>
    changesNothing(async () => {
      expect(await call("DELETE", "/rest-apis/pets?dryRun=true")).toMatchObject({
        status: 200,
        body: { message: "RestAPI would be deleted", id: "pets", dryRun: true },
      });
      expect((await call("DELETE", "/rest-apis/none?dryRun=true")).status).toBe(404);
    }));

  test("is refused where the change would be, with the same answer", async () => {
    const twin = restApi("twin", 9, { displayName: "pets" });
    const stale = { "if-match": '"1-00000000"' };
    for (const query of ["", "?dryRun=true"]) {
      expect((await call("POST", `/rest-apis${query}`, twin)).status).toBe(409);
      expect((await call("POST", `/rest-apis${query}`, pets())).status).toBe(409);
      expect((await call("PUT", `/rest-apis/pets${query}`, changed, stale)).status).toBe(412);
      expect((await call("DELETE", `/rest-apis/pets${query}`, undefined, stale)).status).toBe(412);
    }
  });

  test("of what cannot be tried is not done for real", async () => {
    const user = { username: "ada", password: "a long password", roles: ["admin"] };
    const module = await tinyModule();
    for (const [path, body] of [
      ["/users", user],
      ["/modules", Buffer.from(module).toString("latin1")],
      ["/modules/rollback", undefined],
      ["/subscription-plans", { planName: "gold" }],
    ] as const)
      expect(await call("POST", `${path}?dryRun=true`, body)).toMatchObject(
        refusal(400, "dryRun", "cannot be tried out"),
      );
    expect((await call("GET", "/users")).body).toMatchObject({ count: 0 });
    expect((await call("GET", "/subscription-plans")).body).toMatchObject({ count: 0 });
  });
});

describe("a tag", () => {
  const tagOf = async () => (await call("GET", "/rest-apis/pets")).headers.get("etag")!;

  test("may stand in a list, and a weak one is enough to know and not to change", async () => {
    const tag = await tagOf();
    const list = `"9-00000000", ${tag},"7"`;
    const put = (headers: Record<string, string>) =>
      call("PUT", "/rest-apis/pets", pets(), headers);
    const get = (header: string) =>
      call("GET", "/rest-apis/pets", undefined, { "if-none-match": header });
    for (const header of [tag, list, `W/${tag}`, "*"]) expect((await get(header)).status).toBe(304);
    for (const header of [`W/${tag}`, tag.slice(1, -1), `"${tag}"`, "", '"9", *'])
      expect((await put({ "if-match": header })).status, header).toBe(412);
    expect((await put({ "if-match": list })).status).toBe(200);
    expect((await put({ "if-match": "*" })).status).toBe(200);
  });

  test("of what must not be there yet protects what is", () =>
    changesNothing(async () => {
      const headers = { "if-none-match": "*" };
      expect((await call("PUT", "/rest-apis/pets", changed, headers)).status).toBe(412);
      expect((await call("DELETE", "/rest-apis/pets", undefined, headers)).status).toBe(412);
    }));

  test("of a document that was taken away is not that of one made anew", async () => {
    await call("DELETE", "/rest-apis/pets");
    await call("POST", "/rest-apis", pets());
    const old = await tagOf();
    await call("DELETE", "/rest-apis/pets");
    await call("POST", "/rest-apis", changed);
    expect((await call("GET", "/rest-apis/pets")).body).toMatchObject({ status: { revision: 1 } });
    await changesNothing(async () => {
      const headers = { "if-match": old };
      expect((await call("PUT", "/rest-apis/pets", pets(), headers)).status).toBe(412);
      expect((await call("DELETE", "/rest-apis/pets", undefined, headers)).status).toBe(412);
      const known = { "if-none-match": old };
      expect((await call("GET", "/rest-apis/pets", undefined, known)).status).toBe(200);
    });
  });
});

describe("a body", () => {
  const text = JSON.stringify(changed);
  const json = { "content-type": "application/json" };

  test.each([
    ["gzip", gzipSync(text), { ...json, "content-encoding": "gzip" }, 415, "encoding, found gzip"],
    [
      "Latin 1",
      Buffer.from(text, "latin1"),
      { "content-type": "application/json; charset=ISO-8859-1" },
      ...[415, "UTF-8, found ISO-8859-1"],
    ],
    ["UTF-16", Buffer.from(text, "utf16le"), json, 400, "Failed to parse"],
    [
      "bytes that are no UTF-8",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([255]), Buffer.from('"}')]),
      ...[json, 400, "not UTF-8"],
    ],
    ["JSON after a mark", Buffer.from(`\ufeff${text}`), json, 200, '"/changed"'],
  ] as [string, Uint8Array, Record<string, string>, number, string][])(
    "of %s",
    async (_, bytes, headers, status, words) => {
      const answer = await sendBytes(bytes, headers, "/rest-apis/pets");
      expect(answer).toMatchObject({ status, text: expect.stringContaining(words) });
    },
  );

  const yaml = { "content-type": "application/yaml" };
  test.each([
    [
      "JSON with a key twice",
      text.replace("{", '{"kind":"Other",'),
      json,
      'key "kind" stands twice',
    ],
    [
      "JSON with a key in two spellings",
      text.replace("{", '{"\\u006bind":"Other",'),
      ...[json, 'key "kind" stands twice'],
    ],
    ["a key twice in no type", text.replace("{", '{"kind":"Other",'), {}, "stands twice"],
    [
      "a number that no double holds",
      text.replace("{", '{"a":12345678901234567890,'),
      json,
      "text",
    ],
    ["YAML with 1 and '1'", "{1: a, '1': b}", yaml, 'key "1" stands twice'],
    ["two documents", "a: 1\n---\nb: 1\n", yaml, "several documents"],
    ["a tag of nobody", "a: !secret b\n", yaml, "Unresolved tag"],
    ["a key that is a list", "? [a]\n: b\n", yaml, "expected a text"],
    ["a merge", "a: &a {b: 1}\nc: {<<: *a}\n", yaml, "is not merged"],
    ["nothing", "", json, "Failed to parse"],
    ["null", "null", json, "expected a RestApi document, found null"],
    ["a list", "[]", json, "expected a RestApi document, found []"],
  ] as [string, string, Record<string, string>, string][])(
    "of %s is refused in words",
    (_, body, headers, words) =>
      changesNothing(async () => {
        const answer = await call("PUT", "/rest-apis/pets", body, {
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        });
        expect(answer).toMatchObject({
          status: 400,
          body: { message: expect.stringContaining(words) },
        });
      }),
  );

  test("with anchors is what they stand for", async () => {
    const answer = await call(
      "PUT",
      "/rest-apis/pets",
      stringify(pets())
        .replace("metadata:", "x: &name pets\nmetadata:")
        .replace("name: pets", "name: *name"),
      yaml,
    );
    expect(answer).toMatchObject({ status: 200, body: { metadata: { name: "pets" } } });
  });

  test("keeps a version as it was written: 1.10 is not 1.1", async () => {
    const document = stringify(pets({ context: "/$version" })).replace("v1.0", "1.10");
    const answer = await call("PUT", "/rest-apis/pets", document, yaml);
    expect(answer).toMatchObject({ status: 200, body: { spec: { version: "1.10" } } });
    expect((await call("GET", "/rest-apis")).body).toMatchObject({
      apis: [{ spec: { context: "/1.10" } }],
    });
  });
});

describe("a name", () => {
  test.each([".", ".."])("of %s would have no URL", async (name) => {
    expect(await call("POST", "/rest-apis", restApi(name, 9, { context: "/dots" }))).toMatchObject(
      refusal(400, "metadata.name", "nor be . or .."),
    );
  });

  test.each([
    "__proto__",
    "constructor",
    "Pets",
    "p\u00e9ts",
    "pe\u0301ts",
    "猫",
    "a?b#c",
    "a%2Fb",
    "a{b",
    "-",
    "'",
  ])("of %j leads to its document, and to no other", async (name) => {
    const document = restApi(name, 9, { displayName: "odd", context: "/odd" });
    const path = `/rest-apis/${encodeURIComponent(name)}`;
    expect((await call("GET", path)).status).toBe(404);
    expect((await call("POST", "/rest-apis", document)).status).toBe(201);
    expect((await call("GET", path)).body).toMatchObject({ metadata: { name } });
    expect((await call("GET", "/rest-apis/pets")).body).toMatchObject({
      metadata: { name: "pets" },
    });
    expect((await call("PUT", path, document)).status).toBe(200);
    expect((await call("DELETE", path)).body).toMatchObject({ id: name });
  });
});

test.each(["limit", "offset"])("%s is a plain number", async (name) => {
  for (const value of [
    "",
    " 1",
    "1e2",
    "0x1",
    "1.0",
    "-1",
    "1e9",
    "99999999999999999999",
    "1&limit=2&offset=2",
  ])
    expect(await call("GET", `/rest-apis?${name}=${value}`)).toMatchObject(
      refusal(400, name, "must"),
    );
});

test.each([
  ["PATCH", "/rest-apis/pets", "GET, HEAD, PUT, DELETE"],
  ["OPTIONS", "/rest-apis", "GET, HEAD, POST"],
  ["DELETE", "/rest-apis", "GET, HEAD, POST"],
  ["POST", "/policies", "GET, HEAD"],
  ["PROPFIND", "/modules/rollback", "POST"],
])("%s %s is no method of that path, which has others", async (method, path, allow) => {
  const answer = await call(method, path);
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
});

describe("an old or careless client", () => {
  const { stringify: json } = JSON;
  const management = () => t.gateway.ports.management;

  test("that speaks HTTP/1.0 is answered, and its connection closed", async () => {
    const { statuses, text } = await untilClosed(
      management(),
      "GET /api/management/v1/rest-apis/pets HTTP/1.0\r\nHost: localhost\r\n\r\n",
    );
    expect(statuses).toEqual([200]);
    expect(text).toContain('"name":"pets"');
  });

  test("that asks for the head gets what GET would say, without a body", async () => {
    const head =
      "HEAD /api/management/v1/rest-apis/pets HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const { text } = await untilClosed(management(), head);
    expect(text).toMatch(/^HTTP\/1\.1 200 .*etag: "\d+-[0-9a-f]{8}".*\r\n\r\n$/is);
  });

  test("that sends its body in crumbs, or less of it than it said, does not hold up others", () =>
    changesNothing(async () => {
      const body = json(changed);
      const head = `PUT /api/management/v1/rest-apis/pets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      const slow = await Promise.all(
        Array.from({ length: 50 }, () => RawSocket.open(management())),
      );
      await Promise.all(slow.map((socket) => socket.send(head + body.slice(0, -1))));
      expect((await call("GET", "/rest-apis")).status).toBe(200);
      for (const socket of slow) expect([socket.answers, socket.closed]).toEqual([[], false]);
      slow.forEach((socket) => socket.destroy());
    }));

  test.each([
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a line that is folded", "X: a\r\n b\r\n\r\n"],
    ["a name with a space", "X : a\r\n\r\n"],
    ["a header of 20 KB", `X: ${"a".repeat(20_000)}\r\n\r\n`],
  ])("that sends %s gets one answer, which is no success", async (_, rest) => {
    const { statuses } = await untilClosed(
      management(),
      `PUT /api/management/v1/rest-apis/pets HTTP/1.1\r\nHost: localhost\r\n${rest}`,
    );
    expect(statuses).toEqual([expect.toSatisfy((status: number) => status >= 400 && status < 500)]);
  });
});
