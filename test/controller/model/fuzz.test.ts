/** What is thrown at the controller never ends it: it is taken, or refused as the sender's fault. */
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:http2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { UserError } from "../../../controller/errors.ts";
import { parseBody } from "../../../controller/model/text/body.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { checkModule } from "../../../controller/modules/check.ts";
import { Conflict } from "../../../controller/store/expected.ts";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { tinyModule } from "../tiny-filter.ts";

const inputs = new URL("../translate/golden/in/", import.meta.url);
const texts = readdirSync(inputs).map((file) => readFileSync(new URL(file, inputs), "utf8"));

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
});
afterAll(() => t.close());

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const oddValues: unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    "",
    " ",
    "/",
    "//",
    "/..",
    "{}",
    "/{",
    "/*",
    "\0",
    "\ud800",
    "%00",
    "a".repeat(5_000),
  ],
  ...[
    "http://",
    "http://[",
    "http://a:99999",
    "https://[::1]",
    "1h30m",
    "99999999h",
    "v1",
    "$version",
    "[",
    "(?=a)",
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { a: { b: 1 } },
    { __proto__: 1 },
    ["*"],
    "*",
    "__proto__",
    "constructor",
  ],
];

/** Puts odd values in odd places of a document. */
function mutate(node: unknown, next: () => number): unknown {
  if (next() < 0.04) return oddValues[Math.floor(next() * oddValues.length)];
  if (Array.isArray(node)) {
    const list = node.map((item) => mutate(item, next));
    return next() < 0.05 ? [...list, ...list] : list;
  }
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      const chance = next();
      if (chance < 0.03) return [];
      return [[chance < 0.06 ? `${key}x` : key, mutate(value, next)]];
    }),
  );
}

const isRefusal = (error: unknown) => error instanceof UserError || error instanceof Conflict;

test("documents with odd values in odd places", async () => {
  const documents = texts.map((text) => parse(text) as unknown);
  let taken = 0;
  for (let seed = 0; seed < 3_000; seed++) {
    const document = mutate(documents[seed % documents.length], random(seed));
    try {
      await t.gateway.control.put(resourceKinds[0], document, { create: true });
      const { name } = (document as { metadata: { name: string } }).metadata;
      await t.gateway.control.remove(resourceKinds[0], name, "any");
      taken++;
    } catch (error) {
      if (!isRefusal(error)) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
  expect(taken).toBeGreaterThan(50);
});

test("text with odd characters in odd places", () => {
  const odd = [
    "\t",
    "{",
    "}",
    "[",
    "&a",
    "*a",
    "!!js",
    ": ",
    "- ",
    "|",
    "\u0000",
    "\n",
    "'",
    '"',
    "<<: *a",
    "---\n",
  ];
  for (let seed = 0; seed < 3_000; seed++) {
    const next = random(seed);
    let text = texts[seed % texts.length]!;
    for (let i = 0; i < 5; i++) {
      const at = Math.floor(next() * text.length);
      text =
        text.slice(0, at) +
        odd[Math.floor(next() * odd.length)] +
        text.slice(at + Math.floor(next() * 4));
    }
    try {
      parseBody(text, seed % 2 ? "application/yaml" : "");
    } catch (error) {
      if (!isRefusal(error)) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
});

test("modules with changed bytes", async () => {
  const module = await tinyModule();
  for (let seed = 0; seed < 3_000; seed++) {
    const next = random(seed);
    const bytes = module.slice(0, next() < 0.3 ? Math.floor(next() * module.length) : undefined);
    for (let i = 0; i < 4; i++) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
    try {
      checkModule(bytes);
    } catch (error) {
      if (!isRefusal(error)) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
});

test("bytes on the xDS port that are no discovery request", async () => {
  const next = random(7);
  const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
  for (let i = 0; i < 200; i++) {
    const session = connect(`http://127.0.0.1:${t.gateway.ports.xds}`);
    session.on("error", () => {});
    const call = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const body = Buffer.from(
      Array.from({ length: 1 + Math.floor(next() * 60) }, () => Math.floor(next() * 256)),
    );
    const size = Buffer.alloc(5);
    size.writeUInt32BE(next() < 0.8 ? body.length : Math.floor(next() * 2 ** 32), 1);
    await new Promise<void>((resolve) => {
      call.on("error", () => {});
      call.on("close", () => resolve());
      call.resume();
      call.end(Buffer.concat([size, body]));
    });
    session.destroy();
  }
  expect((await t.manage("GET", "/rest-apis")).status).toBe(200);
  expect(t.gateway.control.status("none").gateways).toEqual([]);
});
