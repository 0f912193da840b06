import { Server, ServerCredentials } from "@grpc/grpc-js";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

/** OpenTelemetry's collector, as far as its wire format goes: the bytes of each export. */
async function startCollector() {
  const received: Buffer[] = [];
  const server = new Server();
  const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
  server.addService(
    {
      Export: {
        path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes.serialize,
        requestDeserialize: bytes.deserialize,
        responseSerialize: bytes.serialize,
        responseDeserialize: bytes.deserialize,
      },
    },
    {
      Export: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) => {
        received.push(call.request);
        done(null, Buffer.alloc(0));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { received, port, close: () => server.forceShutdown() };
}

let t: TestGateway;
let collector: Awaited<ReturnType<typeof startCollector>>;
beforeAll(async () => {
  collector = await startCollector();
  t = await startTestGateway({
    module: (await build([join("policies", "basic-ratelimit")])).wasm,
    tracing: {
      ...{ host: "127.0.0.1", port: collector.port, protocol: "grpc" },
      ...{ sampling: 1, serviceName: "edge-of-tests" },
    },
  });
  const limit = {
    name: "basic-ratelimit",
    version: "v1",
    params: { limits: [{ requests: 2, duration: "1h" }] },
  };
  const operations = [
    { method: "GET", path: "/{id}", policies: [limit] },
    { method: "POST", path: "/*" },
  ];
  const api = restApi("pets", t.upstream.port, { operations });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
});
afterAll(async () => {
  await t.close();
  collector.close();
});

const metrics = async () =>
  (await fetch(`http://127.0.0.1:${t.gateway.ports.engineMetrics}/metrics`)).text();

test("requests are counted and timed by API, method, route and status, also those that a policy answers", async () => {
  for (let i = 0; i < 3; i++) await t.request(`/pets/${i}`);
  await t.request({ method: "POST", path: "/pets/x" });
  await t.request("/nowhere");
  const route = 'api="pets",method="GET",route="/{id}"';
  const wanted = [
    `gateway_requests_total{${route},status="200"} 2`,
    `gateway_requests_total{${route},status="429"} 1`,
    'gateway_requests_total{api="pets",method="POST",route="/*",status="200"} 1',
    'gateway_requests_total{api="",method="",route="",status="404"} 1',
    `gateway_rate_limit_exceeded_total{${route}} 1`,
    `gateway_request_duration_seconds_count{${route}} 3`,
    `gateway_request_duration_seconds_bucket{${route},le="+Inf"} 3`,
    `gateway_request_duration_seconds_bucket{${route},le="0.5"}`,
    "gateway_active_connections",
  ];
  // Envoy merges what its workers measured once in five seconds.
  await expect
    .poll(
      async () => {
        const text = await metrics();
        return wanted.filter((line) => !text.includes(line));
      },
      { timeout: 30_000, interval: 200 },
    )
    .toEqual([]);
  expect(await metrics()).toMatch(/^envoy_cluster_upstream_rq_total/m);
});

test("paths that a client makes up make no series", async () => {
  for (let i = 0; i < 30; i++)
    await t.request({ method: i % 2 ? "PUT" : "GET", path: `/made-up-${i}` });
  const made = 'gateway_requests_total{api="",method="",route="",status="404"}';
  await expect
    .poll(
      async () => Number(new RegExp(`^${escaped(made)} (\\d+)$`, "m").exec(await metrics())?.[1]),
      {
        timeout: 30_000,
      },
    )
    .toBeGreaterThan(30);
  expect((await metrics()).split("\n").filter((line) => /made-up/.test(line))).toEqual([]);
});

const escaped = (text: string) => text.replace(/[{}]/g, "\\$&");

test("memory and CPU time of Envoy are those of its process", async () => {
  const text = await metrics();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10 << 20);
  expect(value("process_cpu_seconds_total")).toBeGreaterThan(0);
});

test("a changed chain goes on with the same series", async () => {
  const operations = [{ method: "POST", path: "/*", policies: [] }];
  const limit = {
    name: "basic-ratelimit",
    version: "v1",
    params: { limits: [{ requests: 9, duration: "1h" }] },
  };
  const api = restApi("pets", t.upstream.port, { operations, policies: [limit] });
  expect((await t.manage("PUT", "/rest-apis/pets?wait=10s", api)).status).toBe(200);
  await t.request({ method: "POST", path: "/pets/x" });
  const line = 'gateway_requests_total{api="pets",method="POST",route="/*",status="200"} 2';
  await expect.poll(metrics, { timeout: 30_000 }).toContain(line);
});

test("spans reach an OpenTelemetry collector, with the client's W3C trace context going on to the upstream", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const headers: [string, string][] = [["traceparent", `00-${trace}-b7ad6b7169203331-01`]];
  await t.request({ method: "POST", path: "/pets/traced", headers });
  const sent = t.upstream.seen.at(-1)!.headers;
  expect(JSON.stringify(sent)).toContain(`00-${trace}-`);
  expect(JSON.stringify(sent)).not.toContain("b7ad6b7169203331");
  await expect
    .poll(() => collector.received.some((bytes) => bytes.includes(Buffer.from(trace, "hex"))), {
      timeout: 30_000,
    })
    .toBe(true);
  expect(Buffer.concat(collector.received).includes("edge-of-tests")).toBe(true);
});
