import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const admin = `Basic ${Buffer.from("admin:secret").toString("base64")}`;
beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    users: [
      { username: "admin", password: "secret", roles: ["admin"] },
      { username: "eve", password: "eve", roles: ["consumer"] },
    ],
  });
});
afterAll(() => t.close());

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  t.manage(method, path, body, { authorization: admin, ...headers });
const bare = (path: string) => `http://127.0.0.1:${t.gateway.ports.management}${path}`;
const pets = (spec: object = {}) => restApi("pets", 9, spec);

describe("a RestApi", () => {
  test("is created, read as it was written, replaced and deleted", async () => {
    const source = pets({ context: "/pets/$version" });
    const created = await call("POST", "/rest-apis", source);
    expect(created.status).toBe(201);
    expect(created.headers.get("etag")).toMatch(/^"1-[0-9a-f]{8}"$/);
    const read = await call("GET", "/rest-apis/pets");
    expect(read.body).toMatchObject({
      ...source,
      status: { id: "pets", state: "deployed", revision: 1 },
    });
    const replaced = await call("PUT", "/rest-apis/pets", pets({ deploymentState: "undeployed" }));
    expect(replaced).toMatchObject({
      status: 200,
      body: { status: { state: "undeployed", revision: 2 } },
    });
    const deleted = await call("DELETE", "/rest-apis/pets");
    expect(deleted).toMatchObject({
      status: 200,
      body: { status: "success", message: "RestAPI deleted successfully", id: "pets" },
    });
    for (const method of ["GET", "DELETE"])
      expect(await call(method, "/rest-apis/pets")).toMatchObject({
        status: 404,
        body: { status: "error", message: "RestAPI with handle 'pets' not found" },
      });
    expect((await call("PUT", "/rest-apis/pets", pets())).status).toBe(404);
  });

  test("comes as YAML, as JSON, or as either without a content type", async () => {
    for (const [body, type] of [
      [stringify(pets()), "application/yaml"],
      [stringify(pets()), "text/yaml"],
      [JSON.stringify(pets()), "application/json"],
      [stringify(pets()), "text/plain"],
      [JSON.stringify(pets()), "application/octet-stream"],
    ] as const) {
      expect((await call("POST", "/rest-apis", body, { "content-type": type })).status).toBe(201);
      await call("DELETE", "/rest-apis/pets");
    }
  });

  test("is listed with its resolved context, by exact filters and in pages", async () => {
    for (const name of ["one", "two", "three"])
      await call("POST", "/rest-apis", restApi(name, 9, { context: `/${name}/$version` }));
    const list = await call("GET", "/rest-apis");
    expect(list.body).toMatchObject({ status: "success", count: 3 });
    const filtered = await call("GET", "/rest-apis?context=/two/v1.0&status=deployed&foo=bar");
    expect(filtered.body).toMatchObject({
      count: 1,
      apis: [{ metadata: { name: "two" }, spec: { context: "/two/v1.0" } }],
    });
    expect((await call("GET", "/rest-apis?displayName=tw")).body).toMatchObject({
      count: 0,
      apis: [],
    });
    const page = await call("GET", "/rest-apis?limit=1&offset=1");
    expect(page.body).toMatchObject({
      count: 1,
      total: 3,
      apis: [{ metadata: { name: "three" } }],
    });
    expect((await call("GET", "/rest-apis?limit=-1")).status).toBe(400);
    for (const name of ["one", "two", "three"]) await call("DELETE", `/rest-apis/${name}`);
  });

  test("is refused when its handle, or its name and version, are taken", async () => {
    await call("POST", "/rest-apis", pets());
    expect(await call("POST", "/rest-apis", pets())).toMatchObject({
      status: 409,
      body: { status: "error" },
    });
    const twin = restApi("other", 9, { displayName: "pets" });
    expect((await call("POST", "/rest-apis", twin)).status).toBe(409);
    await call("DELETE", "/rest-apis/pets");
  });

  test("is replaced only in the revision that If-Match names", async () => {
    const etag = async () => (await call("GET", "/rest-apis/pets")).headers.get("etag")!;
    await call("POST", "/rest-apis", pets());
    const first = await etag();
    expect((await call("PUT", "/rest-apis/pets", pets(), { "if-match": '"7"' })).status).toBe(412);
    expect(
      (await call("DELETE", "/rest-apis/pets", undefined, { "if-match": "nonsense" })).status,
    ).toBe(412);
    const replace = () => call("PUT", "/rest-apis/pets", pets(), { "if-match": first });
    expect((await replace()).status).toBe(200);
    expect((await replace()).status).toBe(412);
    expect(
      (await call("GET", "/rest-apis/pets", undefined, { "if-none-match": await etag() })).status,
    ).toBe(304);
    await call("DELETE", "/rest-apis/pets");
  });

  test("is only checked by a dry run", async () => {
    expect((await call("POST", "/rest-apis?dryRun=true", pets())).body).toMatchObject({
      status: { dryRun: true },
    });
    expect((await call("POST", "/rest-apis?dryRun=true", pets({ context: "x" }))).status).toBe(400);
    expect((await call("GET", "/rest-apis/pets")).status).toBe(404);
  });

  test("that matches the same requests as another is refused with the other's name", async () => {
    await call("POST", "/rest-apis", pets());
    const twin = restApi("twin", 9, { context: "/pets" });
    const answer = await call("POST", "/rest-apis", twin);
    expect(answer.status).toBe(400);
    expect(answer.body.errors![0]!.message).toContain("'pets'");
    await call("DELETE", "/rest-apis/pets");
  });

  test("warns of fields that have no effect", async () => {
    const answer = await call("POST", "/rest-apis?dryRun=true", pets({ polices: [] }));
    expect(answer.headers.get("warning")).toContain("spec.polices is not known");
  });
});

test("a number that came as text is taken where the schema wants a number", async () => {
  const answer = await call(
    "POST",
    "/rest-apis",
    pets({ policies: [{ name: "tiny", version: "v1", params: { level: "3" } }] }),
  );
  expect(answer.status).toBe(201);
  await call("DELETE", "/rest-apis/pets");
});

test("who sends no, wrong or too weak credentials is told so", async () => {
  const as = (header: Record<string, string>) => t.manage("GET", "/rest-apis", undefined, header);
  const basic = (text: string) => ({
    authorization: `Basic ${Buffer.from(text).toString("base64")}`,
  });
  expect(await as({})).toMatchObject({ status: 401, body: { code: "skip_authz" } });
  expect(await as(basic("admin:wrong"))).toMatchObject({
    status: 401,
    body: { code: "authentication_failed" },
  });
  expect(await as(basic("nobody:secret"))).toMatchObject({ status: 401 });
  expect(await as({ authorization: "Bearer x" })).toMatchObject({ status: 401 });
  expect(await as(basic("eve:eve"))).toMatchObject({ status: 403, body: { code: "forbidden" } });
});

test("the paths without a prefix still answer, and say that they are deprecated", async () => {
  const answer = await call("GET", bare("/rest-apis"));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("deprecation")).toBe("true");
  expect(answer.headers.get("link")).toBe(
    '</api/management/v1/rest-apis>; rel="successor-version"',
  );
  expect(answer.headers.get("warning")).toMatch(/^299 - "Deprecated API: migrate to/);
  expect((await call("GET", "/rest-apis")).headers.get("deprecation")).toBeNull();
});

test("the correlation id comes back, or is given where none or no such one was sent", async () => {
  const sent = await call("GET", "/rest-apis", undefined, { "x-correlation-id": "abc" });
  expect(sent.headers.get("x-correlation-id")).toBe("abc");
  expect((await call("GET", "/rest-apis")).headers.get("x-correlation-id")).toMatch(
    /^[0-9a-f-]{36}$/,
  );
  for (const odd of ["a b", "\u00fc", "x".repeat(129)]) {
    const answer = await call("GET", "/rest-apis", undefined, { "x-correlation-id": odd });
    expect(answer.headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("the installed policies are listed with their schemas", async () => {
  expect((await call("GET", "/policies")).body).toMatchObject({
    count: 1,
    policies: [{ name: "tiny", version: "1.0.0", parameters: { type: "object" } }],
  });
});

test("admin and engine ports answer in the contract's shapes", async () => {
  const { admin: adminPort, engineAdmin, metrics } = t.gateway.ports;
  const at = (port: number | null, path: string) => call("GET", `http://127.0.0.1:${port}${path}`);
  expect((await at(adminPort, "/api/admin/v1/health")).body).toMatchObject({ status: "healthy" });
  expect((await at(adminPort, "/xds_sync_status")).body).toMatchObject({
    component: "gateway-controller",
    policy_chain_version: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect((await at(adminPort, "/config_dump")).status).toBe(404);
  expect((await at(engineAdmin, "/health")).body).toMatchObject({ status: "healthy" });
  expect((await at(engineAdmin, "/xds_sync_status")).body).toMatchObject({
    component: "policy-engine",
  });
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  expect(text).toContain("gateway_controller_apis_total 0");
  expect((await t.manage("GET", `http://127.0.0.1:${adminPort}/xds_sync_status`)).status).toBe(401);
});

test("a connection that rests is kept longer than clients keep it", async () => {
  const { headers } = await call("GET", "/rest-apis");
  const [, seconds] = /timeout=(\d+)/.exec(headers.get("keep-alive") ?? "") ?? [];
  expect(Number(seconds)).toBeGreaterThan(60);
});
