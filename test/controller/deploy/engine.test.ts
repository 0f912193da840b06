import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  const { wasm } = await build([
    fileURLToPath(new URL("../../../policies/set-headers", import.meta.url)),
  ]);
  t = await startTestGateway({ module: wasm });
});
afterAll(() => t.close());

const setHeader = (name: string, value: string) => ({
  name: "set-headers",
  version: "v1",
  params: { request: { headers: [{ name, value }] }, response: { headers: [{ name, value }] } },
});

test("the engine runs the API's policies, then the operation's, and a change reaches it at once", async () => {
  const api = (value: string) =>
    restApi("engine", t.upstream.port, {
      policies: [setHeader("x-api", value)],
      operations: [
        { method: "GET", path: "/a", policies: [setHeader("x-route", value)] },
        { method: "GET", path: "/b" },
      ],
    });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api("1"))).status).toBe(201);
  const first = await t.request("/engine/a");
  expect(first.status).toBe(200);
  for (const headers of [first.headers, t.upstream.seen.at(-1)!.headers]) {
    expect(headers).toContainEqual(["x-api", "1"]);
    expect(headers).toContainEqual(["x-route", "1"]);
  }
  expect((await t.request("/engine/b")).headers.map(([name]) => name)).not.toContain("x-route");
  await t.manage("PUT", "/rest-apis/engine?wait=10s", api("2"));
  expect((await t.request("/engine/a")).headers).toContainEqual(["x-api", "2"]);
});

test("an API at the root runs its policies though its route is found late, and without any it passes", async () => {
  const operations = [
    { method: "GET", path: "/*", policies: [setHeader("x-root", "1")] },
    { method: "GET", path: "/{id}/plain" },
  ];
  await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("root", t.upstream.port, { context: "/", operations }),
  );
  expect((await t.request("/some/where")).headers).toContainEqual(["x-root", "1"]);
  const plain = await t.request("/some/plain");
  expect(plain.status).toBe(200);
  expect(plain.headers.map(([name]) => name)).not.toContain("x-root");
});

test("a policy's parameters are checked against the schema that the module carries", async () => {
  const policies = [
    {
      name: "set-headers",
      version: "v1",
      params: { request: { headers: [{ name: "a b", value: "" }] } },
    },
  ];
  const answer = await t.manage(
    "POST",
    "/rest-apis",
    restApi("bad", t.upstream.port, { policies }),
  );
  expect(answer).toMatchObject({
    status: 400,
    body: { errors: [{ field: "spec.policies[0].params.request.headers[0].name" }] },
  });
});

test("a policy may hold a body of up to 10 MiB; what is larger is refused as JSON and reaches no upstream", async () => {
  const policy = {
    name: "set-headers",
    version: "v1",
    params: { request: { phase: "body", headers: [{ name: "x-body", value: "1" }] } },
  };
  const operations = [{ method: "POST", path: "/x", policies: [policy] }];
  const created = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("held", t.upstream.port, { operations }),
  );
  expect(created.status).toBe(201);
  const send = (size: number) =>
    t.request({ method: "POST", path: "/held/x", body: Buffer.alloc(size, "a") });
  expect((await send(1_000_000)).status).toBe(200);
  const seen = t.upstream.seen.at(-1)!;
  expect(seen.body.length).toBe(1_000_000);
  expect(seen.headers).toContainEqual(["x-body", "1"]);
  const before = t.upstream.seen.length;
  const large = await send(11 * 1_048_576);
  expect(large.status).toBe(413);
  expect(large.headers).toContainEqual(["content-type", "application/json"]);
  expect(JSON.parse(large.text)).toMatchObject({ error: "Payload Too Large" });
  expect(t.upstream.seen.length).toBe(before);
});
