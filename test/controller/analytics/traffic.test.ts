import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { startTakers, type Takers } from "./takers.ts";

const soon = { batch: { size: 20, bytes: 1 << 20, everyMs: 50 }, retries: 0 };

let t: TestGateway;
let takers: Takers;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-events-"));
  takers = await startTakers();
  const names = ["respond", "analytics-header-filter", "api-key-auth", "subscription-validation"];
  const policies = names.map((name) => join("policies", name));
  t = await startTestGateway({
    module: (await build(policies)).wasm,
    accessLog: "json",
    accessLogFile: { path: join(folder, "access.log"), maxBytes: 1 << 20, maxFiles: 2 },
    record: {
      traffic: {
        sampling: 1,
        ignoredPaths: ["/_gateway-health"],
        requestHeaders: ["x-a", "x-b"],
        responseHeaders: ["content-type"],
        excludedFields: ["client.userAgent"],
        outputs: {
          queueSize: 300,
          file: { path: join(folder, "events.log"), maxBytes: 1 << 20, maxFiles: 2 },
          http: { url: takers.url, headers: { "x-key": "k" }, timeoutMs: 5_000, ...soon },
          syslog: {
            ...{ host: "127.0.0.1", port: takers.syslogPort, protocol: "udp" },
            ...{ facility: 16, appName: "sluice", timeoutMs: 1_000 },
          },
        },
      },
    },
  });
  const no = { name: "respond", version: "v1", params: { statusCode: 418, body: "no" } };
  const filter = {
    name: "analytics-header-filter",
    version: "v1",
    params: { request: { mode: "deny", headers: ["X-B"] } },
  };
  const operations = [
    { method: "GET", path: "/no", policies: [no] },
    { method: "GET", path: "/{id}" },
    { method: "POST", path: "/filtered", policies: [filter] },
  ];
  const api = restApi("pets", t.upstream.port, { context: "/pets/$version", operations });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
});
afterAll(async () => {
  await t.close();
  await takers.close();
  await rm(folder, { recursive: true, force: true });
});

const lines = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(folder, name), "utf8").catch(() => ""))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const eventOf = (id: string) =>
  expect
    .poll(async () => (await lines("events.log")).find((one) => one["correlationId"] === id), {
      timeout: 30_000,
    })
    .toBeTruthy()
    .then(async () => (await lines("events.log")).find((one) => one["correlationId"] === id));

test("a request makes one event, with its API, route, sizes, latencies and headers, to every sink", async () => {
  const answer = await t.request({
    path: "/pets/v1.0/7?key=secret",
    headers: [
      ["x-request-id", "8b1c5d3a-0f2e-4c68-9a3b-000000000001"],
      ["x-a", "1"],
      ["user-agent", "test"],
    ],
  });
  expect(answer.status).toBe(200);
  const id = t.upstream.seen.at(-1)!.headers.find(([name]) => name === "x-request-id")![1];
  const event = await eventOf(id);
  expect(event).toMatchObject({
    status: 200,
    api: { id: "pets", name: "pets", version: "v1.0", context: "/pets/v1.0", kind: "RestApi" },
    operation: { method: "GET", path: "/{id}" },
    request: { method: "GET", path: "/pets/v1.0/7" },
    target: { destination: `127.0.0.1:${t.upstream.port}` },
    decidedBy: null,
    client: { ip: "127.0.0.1" },
    requestHeaders: { "x-a": "1" },
    responseHeaders: { "content-type": "application/json" },
  });
  expect(event).not.toHaveProperty("client.userAgent");
  const { latencies, sizes } = event as Record<string, Record<string, number>>;
  expect(latencies!["duration"]).toBeGreaterThan(0);
  expect(latencies!["upstream"]).toBeGreaterThan(0);
  expect(sizes!["response"]).toBeGreaterThan(10);
  expect(JSON.stringify(event)).not.toContain("secret");
  await expect
    .poll(
      () =>
        [takers.posted(), takers.messages()].map((all) => all.some((text) => text.includes(id))),
      {
        timeout: 30_000,
      },
    )
    .toEqual([true, true]);
  expect(takers.headers()["x-key"]).toBe("k");
});

test("an event says which policy answered", async () => {
  expect((await t.request("/pets/v1.0/no")).status).toBe(418);
  await expect
    .poll(async () => (await lines("events.log")).find((one) => one["status"] === 418), {
      timeout: 30_000,
    })
    .toMatchObject({
      ...{ decidedBy: "respond", target: null },
      error: { errorType: "policy", details: "policy:respond" },
      operation: { path: "/no" },
    });
});

test("headers that analytics-header-filter denies are not in an event", async () => {
  await t.request({
    method: "POST",
    path: "/pets/v1.0/filtered",
    headers: [
      ["x-a", "1"],
      ["x-b", "hidden"],
    ],
  });
  await expect
    .poll(
      async () =>
        (await lines("events.log")).find(
          (one) => (one["operation"] as { path: string } | null)?.path === "/filtered",
        ),
      { timeout: 30_000 },
    )
    .toMatchObject({ requestHeaders: { "x-a": "1" } });
  expect(await readFile(join(folder, "events.log"), "utf8")).not.toContain("hidden");
});

/** The answer to bytes that no client of ours would send. */
const answerTo = (bytes: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(t.gateway.ports.http!, "127.0.0.1", () => socket.write(bytes));
    socket.once("data", (answer) => {
      socket.destroy();
      resolve(answer.toString().split("\r\n")[0]!);
    });
    socket.once("error", reject);
  });

test.each([
  ["a header", "GET /pets/v1.0/7 HTTP/1.1\r\nhost: a\r\nx-a: a\x01forged\r\n\r\n"],
  ["the path", "GET /pets/v1.0/7\x01forged HTTP/1.1\r\nhost: a\r\n\r\n"],
  ["the host", "GET /pets/v1.0/7 HTTP/1.1\r\nhost: a\x01forged\r\n\r\n"],
  ["the method", "GE\x01forged /pets/v1.0/7 HTTP/1.1\r\nhost: a\r\n\r\n"],
])("no client can write a field of an event by %s", async (_, text) => {
  expect(await answerTo(Buffer.from(text))).toMatch(/^HTTP\/1.1 400 /);
  expect(await readFile(join(folder, "events.log"), "utf8")).not.toContain("forged");
});

test("no upstream can write a field of an event", async () => {
  const server = createServer((socket) => {
    socket
      .on("error", () => {})
      .once("data", () =>
        socket.end("HTTP/1.1 200 OK\r\ncontent-type: a\x01forged\r\ncontent-length: 0\r\n\r\n"),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    expect((await t.manage("POST", "/rest-apis?wait=10s", restApi("raw", port))).status).toBe(201);
    expect((await t.request("/raw/x")).status).toBeGreaterThan(499);
  } finally {
    server.close();
  }
  await expect
    .poll(() => readFile(join(folder, "events.log"), "utf8"), { timeout: 30_000 })
    .toContain('"id":"raw"');
  expect(await readFile(join(folder, "events.log"), "utf8")).not.toContain("forged");
});

test("tabs, quotes and letters of all kinds are in an event as they were sent", async () => {
  const text = Buffer.from(
    'GET /pets/v1.0/odd HTTP/1.1\r\nhost: a\r\nx-a: a\t"b\\ é %REQ(x-b)% =<>\r\nx-b: \r\n\r\n',
  );
  expect(await answerTo(text)).toMatch(/^HTTP\/1.1 200 /);
  await expect
    .poll(
      async () =>
        (await lines("events.log")).find(
          ({ request }) => (request as { path?: string } | null)?.path === "/pets/v1.0/odd",
        ),
      { timeout: 30_000 },
    )
    .toMatchObject({ requestHeaders: { "x-a": 'a\t"b\\ é %REQ(x-b)% =<>' } });
});

test("the access log is in its file, under the contract's keys, and holds no events", async () => {
  await expect
    .poll(async () => (await lines("access.log")).length, { timeout: 30_000 })
    .toBeGreaterThan(1);
  const keys =
    "bytesRx bytesTx connTrmDtl dur host meth path proto reqDur reqId reqTxDur respCd respCdDtl respDur respFlg respTxDur t ua upHost upPath upProto upSvcT xff";
  for (const line of await lines("access.log"))
    expect(Object.keys(line).sort().join(" ")).toBe(keys);
});

test("a sink that never answers costs nothing but dropped events, which are counted", async () => {
  takers.answer("never");
  const statuses = [];
  for (let i = 0; i < 60; i++)
    statuses.push(
      ...(await Promise.all(Array.from({ length: 10 }, () => t.request("/pets/v1.0/1")))),
    );
  expect(statuses.filter(({ status }) => status !== 200)).toEqual([]);
  const metrics = async () => {
    const text = await (
      await fetch(`http://127.0.0.1:${t.gateway.ports.engineMetrics}/metrics`)
    ).text();
    const value = (name: string, sink: string) =>
      Number(
        new RegExp(
          `^policy_engine_traffic_log_${name}{log="traffic",sink="${sink}"} (\\d+)$`,
          "m",
        ).exec(text)?.[1],
      );
    return {
      dropped: value("dropped_total", "http"),
      capacity: value("queue_capacity", "http"),
      depth: value("queue_depth", "http"),
      file: value("written_total", "file"),
    };
  };
  // The other sinks go on.
  await expect.poll(async () => (await metrics()).file, { timeout: 30_000 }).toBeGreaterThan(500);
  await expect
    .poll(async () => (await metrics()).dropped, { timeout: 30_000 })
    .toBeGreaterThan(200);
  const { capacity, depth } = await metrics();
  expect(capacity).toBe(300);
  expect(depth).toBeLessThanOrEqual(300);
  takers.answer("well");
  const { length } = takers.posted();
  await expect
    .poll(
      async () => {
        await t.request("/pets/v1.0/1");
        return takers.posted().length;
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(length);
});

test("an event names the consumer, the application and the plan, and no key or token", async () => {
  const made = async (path: string, body: object) => {
    const { status, body: answer } = await t.manage("POST", path, body);
    expect([path, status, answer.errors]).toEqual([path, 201, undefined]);
    return answer as Record<string, unknown>;
  };
  const policies = ["api-key-auth", "subscription-validation"].map((name) => ({
    ...{ name, version: "v1" },
  }));
  await made("/rest-apis?wait=10s", restApi("sold", t.upstream.port, { policies }));
  await made("/consumers", { kind: "Consumer", metadata: { name: "acme" }, spec: {} });
  const key = (await made("/consumers/acme/api-keys", {}))["apiKey"] as { apiKey: string };
  const plan = { planName: "Gold", throttleLimitCount: 100, throttleLimitUnit: "Hour" };
  const { id } = await made("/subscription-plans", plan);
  const token = "token-of-a-subscription-0123456789";
  await made("/subscriptions", {
    ...{ apiId: "sold", subscriptionToken: token, subscriptionPlanId: id },
    applicationId: "app-7",
  });
  const headers: [string, string][] = [
    ["api-key", key.apiKey],
    ["subscription-key", token],
  ];
  await expect
    .poll(async () => (await t.request({ path: "/sold/x", headers })).status, { timeout: 30_000 })
    .toBe(200);
  await expect
    .poll(
      async () =>
        (await lines("events.log")).find(
          ({ api, status }) => (api as { id?: string } | null)?.id === "sold" && status === 200,
        ),
      { timeout: 30_000 },
    )
    .toMatchObject({
      consumer: { name: "acme", authentication: "apikey", credential: expect.any(String) },
      ...{ application: { id: "app-7" }, plan: "Gold" },
    });
  const text = await readFile(join(folder, "events.log"), "utf8");
  for (const secret of [key.apiKey, token]) expect(text).not.toContain(secret);
});
