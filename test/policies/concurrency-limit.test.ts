/** How many are under way at the same time, in a real Envoy with two workers, and when a worker's module dies. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { eventually } from "../eventually.ts";
import { simulatorRunner } from "../../host-sim/index.ts";
import { unhardened } from "../bench/unhardened.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";
import { crowd } from "./crowd.ts";

const folder = "policies/concurrency-limit";
const limit = 10;

describe("across two workers and 64 clients", () => {
  let t: TestGateway;
  let service: Server;
  let now = 0;
  let most = 0;

  beforeAll(async () => {
    service = createServer({ keepAliveTimeout: 0 }, (_, answer) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        answer.end("done");
      }, 20);
    }).listen(0, "127.0.0.1");
    const { wasm } = await build([folder]);
    t = await startTestGateway({ module: wasm, concurrency: 2 });
    const { port } = service.address() as AddressInfo;
    const policies = [{ name: "concurrency-limit", version: "v1", params: { limit } }];
    const api = restApi("busy", port, { policies });
    expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
  });
  afterAll(async () => {
    await t.close();
    service.close();
  });

  const ask = (clients: number, requests: number) =>
    crowd({ port: t.gateway.ports.http!, path: "/busy/a", clients, requests });

  test("never are more under way than may be, and as many as may be are", async () => {
    const counts = await ask(64, 3_000);
    expect(most).toBe(limit);
    expect([...counts.keys()].sort()).toEqual([200, 429]);
  });

  test("nothing is held afterwards: as many as may be get through together", async () => {
    expect(await ask(limit, limit * 10)).toEqual(new Map([[200, limit * 10]]));
  });
});

/** One place for all, taken by a request that takes long; another route's policy kills the module. */
const policy = {
  name: "concurrency-limit",
  version: "v1",
  params: { limit: 1, scope: "gateway" },
};
const routes = [
  { match: { prefix: "/slow" }, chain: { policies: [policy] }, upstream: { delayMs: 8_000 } },
  { match: { prefix: "/fault" }, chain: { policies: [{ name: "faulty", version: "v1" }] } },
  { chain: { policies: [policy] } },
];

describe.each([simulatorRunner(), envoyRunner()])("on $name, a module that dies", (runner) => {
  afterAll(() => runner.close?.());

  test("frees what it held, and not before others could know that it is dead", async () => {
    const module = await unhardened(folder, "test/faults/faulty");
    const gateway = await runner.load({ module, routes });
    const status = async (path: string, headers = {}) =>
      (await gateway.request({ path, headers })).status;
    try {
      const slow = gateway.request({ path: "/slow" }).catch(() => null);
      await eventually(async () => expect(await status("/")).toBe(429));
      await status("/fault", { "x-fault": "assertion" });
      // As soon as the module serves again, it still heeds what was held.
      await eventually(async () => expect(await status("/")).toBe(429));
      await eventually(async () => {
        await gateway.advance(200);
        expect(await status("/")).toBe(200);
      });
      await slow;
    } finally {
      await gateway.close();
    }
  });
});
