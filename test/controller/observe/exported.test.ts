/** What Envoy sends by itself: spans in the formats of collectors, with the trace contexts that go with them, and StatsD. */
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { GatewayOptions } from "../../../controller/options.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Post {
  path: string;
  type: string | undefined;
  body: Buffer;
}

async function startCollector(): Promise<{ port: number; posts: Post[] }> {
  const posts: Post[] = [];
  // Envoy sends its spans every five seconds, which is when a connection would be closed.
  const server: Server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const type = request.headers["content-type"];
    posts.push({ path: request.url!, type, body: Buffer.concat(parts) });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => (server.closeAllConnections(), server.close()));
  return { port: (server.address() as AddressInfo).port, posts };
}

async function startStatsd(): Promise<{ port: number; lines: string[] }> {
  const lines: string[] = [];
  const socket: Socket = createSocket("udp4");
  socket.on("message", (bytes) => lines.push(...bytes.toString().split("\n")));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  closing.push(() => socket.close());
  return { port: socket.address().port, lines };
}

async function startTraced(options: GatewayOptions): Promise<TestGateway> {
  const t = await startTestGateway(options);
  closing.push(() => t.close());
  const api = restApi("pets", t.upstream.port);
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
  return t;
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const sentTo = (t: TestGateway) => new Map(t.upstream.seen.at(-1)!.headers);
const tracing = (port: number, protocol: "http" | "zipkin") => ({
  ...{ host: "127.0.0.1", port, protocol },
  ...{ sampling: 1, serviceName: "edge-of-tests" },
});

test("over HTTP, spans are OpenTelemetry's protobuf; B3 from a client starts no trace of ours", async () => {
  const collector = await startCollector();
  const t = await startTraced({ tracing: tracing(collector.port, "http") });
  const headers: [string, string][] = [["traceparent", `00-${traceId}-b7ad6b7169203331-01`]];
  await t.request({ path: "/pets/1", headers });
  expect(sentTo(t).get("traceparent")).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)`));
  await expect
    .poll(() => collector.posts.find(({ body }) => body.includes(Buffer.from(traceId, "hex"))), {
      timeout: 30_000,
    })
    .toMatchObject({ path: "/v1/traces", type: "application/x-protobuf" });
  expect(collector.posts.some(({ body }) => body.includes("edge-of-tests"))).toBe(true);
  await t.request({ path: "/pets/1", headers: [["b3", `${traceId}-b7ad6b7169203331-1`]] });
  expect(sentTo(t).get("traceparent")).not.toContain(traceId);
});

test("with Zipkin's protocol a trace goes on in B3 and in W3C, whichever a client began it with", async () => {
  const collector = await startCollector();
  const statsd = await startStatsd();
  const t = await startTraced({
    tracing: tracing(collector.port, "zipkin"),
    statsd: { host: "127.0.0.1", port: statsd.port, format: "statsd", prefix: "edge" },
  });
  const spanId = "b7ad6b7169203331";
  for (const [name, value] of [
    ["traceparent", `00-${traceId}-${spanId}-01`],
    ["b3", `${traceId}-${spanId}-1`],
  ] as const) {
    await t.request({ path: "/pets/1", headers: [[name, value]] });
    expect(sentTo(t).get("traceparent"), name).toContain(traceId);
    // In the form that the client has, in several headers for those without.
    expect(sentTo(t).get("b3") ?? sentTo(t).get("x-b3-traceid"), name).toContain(traceId);
  }
  const multiple: [string, string][] = [
    ["x-b3-traceid", traceId],
    ["x-b3-spanid", spanId],
    ["x-b3-sampled", "1"],
  ];
  await t.request({ path: "/pets/1", headers: multiple });
  expect(sentTo(t).get("x-b3-traceid")).toBe(traceId);
  await expect.poll(() => collector.posts.length, { timeout: 30_000 }).toBeGreaterThan(0);
  const { path, type, body } = collector.posts[0]!;
  expect({ path, type }).toEqual({ path: "/api/v2/spans", type: "application/json" });
  expect(JSON.parse(body.toString())).toEqual(
    expect.arrayContaining([expect.objectContaining({ traceId, kind: "SERVER" })]),
  );

  // Envoy flushes its statistics every five seconds.
  for (const counted of [/^edge\.http\.http\.downstream_rq_total:\d+\|c$/, /requests_total/])
    await expect
      .poll(() => statsd.lines.some((line) => counted.test(line)), { timeout: 30_000 })
      .toBe(true);
  for (const line of statsd.lines) expect(line).toMatch(/^edge\.[^:|]+:-?[\d.]+\|(c|g|ms|h)$/);
});
