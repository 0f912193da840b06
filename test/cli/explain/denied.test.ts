/** `ap explain --log`: why a request got its answer, told from what a gateway with a real Envoy recorded of it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import type { AnswerExplained } from "../../../cli/explain/answer.ts";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";
import { ap, ownHome } from "../ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
const log = (name: string): string => join(home.folder, `${name}.log`);

beforeAll(async () => {
  home = await ownHome();
  const fileOf = (name: string) => ({ path: log(name), maxBytes: 1 << 20, maxFiles: 2 });
  const outputs = (name: string) => ({ queueSize: 100, file: fileOf(name) });
  const { wasm } = await build(["policies/basic-auth", "policies/respond"]);
  t = await startTestGateway({
    module: wasm,
    ...{ accessLog: "json", accessLogFile: fileOf("access") },
    record: {
      security: { successes: 1, failures: 1, outputs: outputs("security") },
      traffic: {
        ...{ sampling: 1, ignoredPaths: [], excludedFields: [], outputs: outputs("traffic") },
        ...{ requestHeaders: [], responseHeaders: [] },
      },
    },
  });
  await ap("gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${t.gateway.ports.management}`);
  const guard = {
    ...{ name: "basic-auth", version: "v1" },
    params: { username: "ada", password: "open-sesame" },
  };
  const teapot = { name: "respond", version: "v1", params: { statusCode: 418 } };
  const operations = [
    { method: "GET", path: "/guarded", policies: [guard] },
    { method: "GET", path: "/teapot", policies: [teapot] },
    { method: "GET", path: "/open" },
  ];
  const definitions = [{ name: "gone", upstreams: [{ url: "http://127.0.0.1:9" }] }];
  for (const api of [
    restApi("pets", t.upstream.port, { operations }),
    restApi("gone", 9, { upstreamDefinitions: definitions, upstream: { main: { ref: "gone" } } }),
  ])
    expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
}, 180_000);
afterAll(async () => {
  await t.close();
  await home.restore();
});

/** Sends it, waits for what is recorded of it, and asks why it ended as it did. */
async function explained(path: string, name: string): Promise<AnswerExplained> {
  await t.request(path);
  await eventually(async () => expect(await readFile(log(name), "utf8")).toContain(`"${path}"`));
  const { code, out, err } = await ap(
    "explain",
    "get",
    `http://h${path}?q=1`,
    ...["--log", log(name)],
    "-o",
    "json",
  );
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as AnswerExplained;
}

describe.each(["access", "traffic"])("from the %s log:", (name) => {
  test("a policy that refused is named, with its place in the document", async () => {
    const found = await explained("/pets/guarded", name);
    expect(found).toMatchObject({
      ...{ status: 401, policy: "basic-auth", decidedBy: "refused by basic-auth" },
      from: ["spec.operations[0].policies"],
      request: { method: "GET", path: "/pets/guarded" },
      now: { api: "pets", route: "GET /pets/guarded" },
    });
  });

  test("a policy that answered, the upstream, and Envoy are told apart", async () => {
    expect(await explained("/pets/teapot", name)).toMatchObject({ status: 418, policy: "respond" });
    expect(await explained("/pets/open", name)).toMatchObject({
      ...{ status: 200, policy: null, decidedBy: "answered by the upstream", from: [] },
    });
    expect((await explained("/gone/x", name)).decidedBy).toMatch(/no connection to the upstream/);
    expect(await explained("/nowhere", name)).toMatchObject({
      ...{ status: 404, now: null, decidedBy: expect.stringMatching(/no route takes it/) },
    });
  });
});

test("why an authentication failed is told from the security events, by the request's id too", async () => {
  const { request } = await explained("/pets/guarded", "access");
  const both = ["--log", log("security"), "--log", log("access")];
  await eventually(async () => {
    const { code, out } = await ap("explain", "--request", request.id, ...both);
    expect(code).toBe(0);
    expect(out).toMatch(/ANSWER +401, refused by basic-auth/);
    expect(out).toMatch(/BECAUSE +basic: \S+/);
    expect(out).toMatch(/POLICY 1 +basic-auth v1, from spec.operations\[0\].policies/);
  });
});

test("lines with the id that are no record are shown, and what has none is 3", async () => {
  const engine = join(home.folder, "engine.log");
  await writeFile(
    engine,
    "[error] shout: division by zero, policy.ts:7 (error id 7d-1)\n{broken\n",
  );
  const fault = await ap("explain", "--request", "7d-1", "--log", engine);
  expect([fault.code, fault.err]).toEqual([
    3,
    expect.stringMatching(/AP-NO-RECORD[^]*policy\.ts:7/),
  ]);
  const none = await ap("explain", "GET", "/never", "--log", log("access"));
  expect([none.code, none.err]).toEqual([3, expect.stringContaining("no record of GET /never")]);
  expect((await ap("explain", "GET", "/x", "--log", home.folder)).code).toBe(3);
});

test.each([
  ["--request", "x"],
  ["--request", "x", "GET", "/x", "--log", "l"],
  ["GET"],
  [],
  ["GET", "http://["],
])("wrong use: ap explain %s %s %s", async (...words) => {
  expect((await ap("explain", ...words)).code).toBe(2);
});
