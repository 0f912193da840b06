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
    expect(created.headers.get("etag")).toBe('"1"');
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
    await call("POST", "/rest-apis", pets());
    expect((await call("PUT", "/rest-apis/pets", pets(), { "if-match": '"7"' })).status).toBe(412);
    expect(
      (await call("DELETE", "/rest-apis/pets", undefined, { "if-match": "nonsense" })).status,
    ).toBe(412);
    expect((await call("PUT", "/rest-apis/pets", pets(), { "if-match": '"1"' })).status).toBe(200);
    expect(
      (await call("GET", "/rest-apis/pets", undefined, { "if-none-match": '"2"' })).status,
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

const operation = (part: object) => ({ operations: [{ method: "GET", path: "/*", ...part }] });
const definition = (part: object) => ({
  upstreamDefinitions: [{ name: "d", upstreams: [{ url: "http://h:1" }], ...part }],
});
const policy = (part: object) => ({ policies: [{ name: "tiny", version: "v1", ...part }] });
const match = (part: object) => ({
  operations: [{ match: { method: "GET", path: { value: "/x" }, ...part } }],
});

const invalid: [string, object][] = [
  ["spec.displayName", { displayName: undefined }],
  ["spec.displayName", { displayName: "a/b" }],
  ["spec.displayName", { displayName: "x".repeat(101) }],
  ["spec.version", { version: "one" }],
  ["spec.context", { context: undefined }],
  ["spec.context", { context: "pets" }],
  ["spec.context", { context: "/pets/" }],
  ["spec.context", { context: `/${"x".repeat(200)}` }],
  ["spec.context", { context: "/a/../b" }],
  ["spec.context", { context: 7 }],
  ["spec.upstream", { upstream: undefined }],
  ["spec.upstream.main", { upstream: {} }],
  ["spec.upstream.main", { upstream: { main: { url: "http://h", ref: "d" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "ftp://h" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://h/a?b=c" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://u:p@h" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://h:0" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://h:65536" } } }],
  ["spec.upstream.main.ref", { upstream: { main: { ref: "none" } } }],
  [
    "spec.upstream.main.hostRewrite",
    { upstream: { main: { url: "http://h", hostRewrite: "no" } } },
  ],
  ["spec.upstreamDefinitions[0].name", definition({ name: "a b" })],
  ["spec.upstreamDefinitions[0].basePath", definition({ basePath: "/a/" })],
  ["spec.upstreamDefinitions[0].timeout.connect", definition({ timeout: { connect: "0s" } })],
  ["spec.upstreamDefinitions[0].timeout.connect", definition({ timeout: { connect: "1h30m" } })],
  ["spec.upstreamDefinitions[0].upstreams", definition({ upstreams: [] })],
  [
    "spec.upstreamDefinitions[0].upstreams[0].url",
    definition({ upstreams: [{ url: "http://h/p" }] }),
  ],
  [
    "spec.upstreamDefinitions[0].upstreams[0].weight",
    definition({ upstreams: [{ url: "http://h", weight: 101 }] }),
  ],
  [
    "spec.upstreamDefinitions[0].upstreams",
    definition({ upstreams: [{ url: "http://h" }, { url: "https://h" }] }),
  ],
  [
    "spec.upstreamDefinitions[0].settings.loadBalancing.method",
    definition({ settings: { loadBalancing: { method: "best" } } }),
  ],
  [
    "spec.upstreamDefinitions[0].settings.tls",
    definition({ settings: { tls: { clientKey: "-----BEGIN KEY-----" } } }),
  ],
  ["spec.vhosts.main", { vhosts: { main: "a b" } }],
  ["spec.vhosts.sandbox", { vhosts: { main: "a", sandbox: "a" } }],
  ["spec.resilience.timeout", { resilience: { timeout: "5" } }],
  ["spec.resilience.timeout", { resilience: { timeout: "99999999999h" } }],
  ["spec.resilience.idleTimeout", { resilience: { idleTimeout: "-1s" } }],
  ["spec.traffic.retries.on[0]", { traffic: { retries: { attempts: 1, on: ["always"] } } }],
  ["spec.traffic.split[0].upstream", { traffic: { split: [{ upstream: "none", weight: 1 }] } }],
  ["spec.traffic.mirror.upstream", { traffic: { mirror: { upstream: "none" } } }],
  ["spec.operations", { operations: undefined }],
  ["spec.operations", { operations: [] }],
  ["spec.operations", { operations: {} }],
  ["spec.operations[0].method", operation({ method: "TRACE" })],
  ["spec.operations[0].path", operation({ path: "x" })],
  ["spec.operations[0].path", operation({ path: "/{a" })],
  ["spec.operations[0].path", operation({ path: "/\ud800" })],
  ["spec.operations[0].path", operation({ path: undefined })],
  ["spec.operations[0].match.path.value", match({ path: {} })],
  ["spec.operations[0].match.path.type", match({ path: { value: "/x", type: "Regex" } })],
  [
    "spec.operations[0].match.headers[0].value",
    match({ headers: [{ name: "a", value: "(", type: "RegularExpression" }] }),
  ],
  ["spec.operations[0].match.headers[0].name", match({ headers: [{ name: "a b", value: "" }] })],
  [
    "spec.operations[1]",
    {
      operations: [
        { method: "GET", path: "/a" },
        { method: "GET", path: "/a" },
      ],
    },
  ],
  [
    "spec.operations[0].path",
    { context: "/", operations: [{ method: "GET", path: "/_gateway-health/x" }] },
  ],
  [
    "spec.operations[0].path",
    { context: "/", operations: [{ method: "GET", path: "/a/../_gateway-health" }] },
  ],
  ["spec.policies[0].name", policy({ name: "nobody" })],
  ["spec.policies[0].version", policy({ version: "v2" })],
  ["spec.policies[0].version", policy({ version: "v1.0.0" })],
  ["spec.policies[0].params.level", policy({ params: { level: 0 } })],
  ["spec.policies[0].params.level", policy({ params: { level: "high" } })],
  ["spec.policies[0].params.nothing", policy({ params: { nothing: 1 } })],
  ["spec.policies[0].params", policy({ params: [] })],
  ["spec.operations[0].policies[0].name", operation(policy({ name: "nobody" }))],
  ["spec.deploymentState", { deploymentState: "half" }],
];

describe("an invalid RestApi is refused by the field that is wrong, and nothing changed:", () => {
  test.each(invalid)("%s %j", async (field, spec) => {
    const answer = await call("POST", "/rest-apis", pets(spec));
    expect(answer).toMatchObject({ status: 400, body: { status: "error" } });
    expect(answer.body.errors!.map((error) => error.field)).toContain(field);
    expect((await call("GET", "/rest-apis/pets")).status).toBe(404);
  });

  test.each([
    ["kind", { ...pets(), kind: "Pod" }],
    ["metadata", { ...pets(), metadata: undefined }],
    ["metadata.name", { ...pets(), metadata: { name: "a b" } }],
    ["metadata.name", { ...pets(), metadata: { name: "a/b" } }],
    ["metadata.labels.a b", { ...pets(), metadata: { name: "pets", labels: { "a b": "c" } } }],
  ])("%s", async (field, document) => {
    const answer = await call("POST", "/rest-apis", document);
    expect(answer.status).toBe(400);
    expect(answer.body.errors!.map((error) => error.field)).toContain(field);
  });

  test("text that cannot be read, or is no document", async () => {
    for (const body of ["{", "a: [", "- 1", "7", "", "null", "a: &a [*a, *a]"]) {
      const answer = await call("POST", "/rest-apis", body, { "content-type": "application/yaml" });
      expect([answer.status, body]).toEqual([400, body]);
    }
  });

  test("a PUT whose name is not the one in the URL", async () => {
    await call("POST", "/rest-apis", pets());
    const answer = await call("PUT", "/rest-apis/pets", restApi("other", 9));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: "metadata.name" }] } });
    await call("DELETE", "/rest-apis/pets");
  });

  test("a document of more than 8 MiB", async () => {
    const answer = await call("POST", "/rest-apis", pets({ context: "x".repeat(9 * 1_048_576) }));
    expect(answer.status).toBe(413);
  });
});

test("a number that came as text is taken where the schema wants a number", async () => {
  const answer = await call("POST", "/rest-apis", pets(policy({ params: { level: "3" } })));
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
