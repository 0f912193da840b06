/** A gateway on another machine: its agent records what its Envoy writes, and shows its metrics. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RecordOptions } from "../../../controller/analytics/options.ts";
import { startTestAgent, type TestAgent } from "../../e2e/fleet.ts";
import { send } from "../../runners/client.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
let edge: TestAgent;
let folder: string;
const file = (name: string) => ({ path: join(folder, name), maxBytes: 1 << 20, maxFiles: 2 });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-elsewhere-"));
  const record: RecordOptions = {
    traffic: {
      ...{ sampling: 1, ignoredPaths: [], excludedFields: [] },
      ...{ requestHeaders: [], responseHeaders: [] },
      outputs: { queueSize: 100, file: file("events.log") },
    },
  };
  t = await startTestGateway({ envoy: "none", record, accessLog: "json" });
  expect((await t.manage("POST", "/rest-apis", restApi("a", t.upstream.port))).status).toBe(201);
  edge = await startTestAgent({
    urls: `http://127.0.0.1:${t.gateway.ports.xds}`,
    stateFolder: join(folder, "state"),
    observe: {
      ...{ record, accessLogFile: file("access.log") },
      metrics: { host: "127.0.0.1", port: 0, allowedIps: ["*"] },
    },
  });
});
afterAll(async () => {
  await edge.agent.stop();
  await t.close();
  await rm(folder, { recursive: true, force: true });
});

test("its events, its access log and its metrics are there, and its log holds none of them", async () => {
  expect((await send(edge.httpPort, { path: "/a/x" })).status).toBe(200);
  const text = (name: string) => readFile(join(folder, name), "utf8").catch(() => "");
  await expect.poll(() => text("events.log"), { timeout: 30_000 }).toContain('"api":{"id":"a"}');
  await expect.poll(() => text("access.log"), { timeout: 30_000 }).toContain('"path":"/a/x"');
  const metrics = async () =>
    (await fetch(`http://127.0.0.1:${edge.agent.metricsPort}/metrics`)).text();
  await expect
    .poll(metrics, { timeout: 30_000 })
    .toContain('gateway_requests_total{api="a",method="GET",route="/*",status="200"} 1');
  expect(await metrics()).toContain(
    'policy_engine_traffic_log_written_total{log="traffic",sink="file"} 1',
  );
  expect(edge.logs.filter((line) => line.startsWith("{"))).toEqual([]);
});
