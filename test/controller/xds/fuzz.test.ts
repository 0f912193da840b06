/** Whatever comes as protobuf: nothing ends the port, and those that behave get what they should have. */
import { connect, type ClientHttp2Session } from "node:http2";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kinds } from "../../../controller/xds/kinds.ts";
import { feedPath } from "../../../controller/xds/feed-calls.ts";
import { loadProtos } from "../../../controller/xds/protos.ts";
import {
  deltaPath,
  deltaWire,
  servedType,
  settledType,
  typeUrls,
} from "../../../controller/xds/wire.ts";
import { eventually } from "../../eventually.ts";
import { call, frame } from "./calls.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const wire = deltaWire(loadProtos());

let t: TestGateway;
let session: ClientHttp2Session;
beforeAll(async () => {
  t = await startTestGateway();
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
  session = connect(`http://127.0.0.1:${t.gateway.ports.xds}`);
  session.setMaxListeners(0);
});
afterAll(async () => {
  session.destroy();
  await t.close();
});

const send = (path: string, messages: Uint8Array[]) =>
  call(session, { path, chunks: messages.map((message) => frame(message)) });

const names = fc.oneof(
  fc.constantFrom("*", "", "http", "segment/a", "policies", "__proto__", "constructor", "route a"),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const request = fc.record({
  typeUrl: fc.oneof(
    fc.constantFrom(...kinds.map(({ name }) => typeUrls[name]), servedType, settledType),
    names,
  ),
  node: fc.option(fc.record({ id: names }), { nil: undefined }),
  resourceNamesSubscribe: fc.array(names, { maxLength: 4 }),
  resourceNamesUnsubscribe: fc.array(names, { maxLength: 4 }),
  initialResourceVersions: fc.dictionary(names, names, { maxKeys: 3 }),
  responseNonce: fc.oneof(fc.constantFrom("", "1", "2", "3"), names),
  errorDetail: fc.option(fc.record({ message: names }), { nil: undefined }),
});
/** A request as bytes, of which some are changed, and some may be missing. */
const message = fc
  .tuple(
    request,
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
    fc.boolean(),
    fc.nat(),
  )
  .map(([one, changes, cut, at]) => {
    const bytes = Uint8Array.from(wire.writeRequest(one));
    for (const [place, value] of changes) if (bytes.length) bytes[place % bytes.length] = value;
    return cut && at % 5 === 0 ? bytes.slice(0, at % (bytes.length + 1)) : bytes;
  });

test("calls of discovery requests, right, odd and broken", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (messages) => {
      await send(deltaPath, messages);
    }),
    { numRuns: Number(process.env["FUZZ"] ?? 300) },
  );
  const asked = wire.writeRequest({ typeUrl: typeUrls.listener, node: { id: "good" } });
  expect((await send(deltaPath, [asked])).body.includes("http")).toBe(true);
});

test("calls of the feed, right, odd and broken", async () => {
  const query = fc.oneof(
    fc.constantFrom("", "since=0", "since=-1", "since=x&wait=1", "wait=99999999999", "epoch=%00"),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(query, { maxLength: 2 }), async (queries) => {
      const bytes = queries.map((text) => Buffer.from(text.replace(/wait/g, "w"), "utf8"));
      await send(feedPath, bytes);
    }),
    { numRuns: 200 },
  );
});

test("a call that goes on in what is no request ends, and nobody is taken for connected", async () => {
  const good = wire.writeRequest({ typeUrl: typeUrls.secret, node: { id: "odd" } });
  const broken = Buffer.from([255, 255, 255]);
  await send(deltaPath, [good, good, good, broken]);
  await eventually(() => {
    const ids = t.gateway.control.status("a").gateways.map(({ id }) => id);
    expect(ids).toEqual([expect.stringMatching(/^gateway-/)]);
  });
});

test("after all of it the Envoy beside the controller takes a change, and the log tells of no crash", async () => {
  const changed = restApi("a", t.upstream.port, { operations: [{ method: "GET", path: "/b" }] });
  expect((await t.manage("PUT", "/rest-apis/a?wait=10s", changed)).status).toBe(200);
  expect((await t.request("/a/b")).status).toBe(200);
  expect(t.logs.filter((line) => /TypeError|RangeError|Cannot read/.test(line))).toEqual([]);
});
