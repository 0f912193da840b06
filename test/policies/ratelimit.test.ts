/** Limits in a whole gateway: two Envoy workers, many clients, several operations. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { crowd } from "./crowd.ts";

let t: TestGateway;

beforeAll(async () => {
  const { wasm } = await build(["policies/basic-ratelimit"]);
  t = await startTestGateway({ module: wasm, concurrency: 2 });
}, 60_000);
afterAll(() => t.close());

const limit = (requests: number, duration = "24h") => ({
  name: "basic-ratelimit",
  version: "v1",
  params: { limits: [{ requests, duration }] },
});

async function deploy(name: string, spec: object): Promise<void> {
  const { status } = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi(name, t.upstream.port, spec),
  );
  expect(status).toBe(201);
}

const statuses = async (...paths: string[]) => {
  const found: number[] = [];
  for (const path of paths) found.push((await t.request(path)).status);
  return found;
};

describe("across two workers and 64 clients", () => {
  test("exactly the limit gets through", async () => {
    await deploy("crowded", { policies: [limit(3_000)] });
    const path = "/crowded/a";
    const counts = await crowd({
      port: t.gateway.ports.http!,
      path,
      clients: 64,
      requests: 5_000,
    });
    expect(counts.get(200)).toBe(3_000);
    expect(counts.get(429)).toBe(2_000);
  }, 60_000);
});

describe("basic-ratelimit", () => {
  const operations = (policies: object[] = []) => [
    { method: "GET", path: "/a", policies },
    { method: "GET", path: "/b", policies },
  ];

  test("in an API's list, all operations share one count", async () => {
    await deploy("shared", { policies: [limit(2)], operations: operations() });
    expect(await statuses("/shared/a", "/shared/b", "/shared/a", "/shared/b")).toEqual([
      200, 200, 429, 429,
    ]);
  });

  test("in an operation's list, each operation has its own", async () => {
    await deploy("own", { operations: operations([limit(1)]) });
    expect(await statuses("/own/a", "/own/b", "/own/a", "/own/b")).toEqual([200, 200, 429, 429]);
  });

  test("in both, both hold, and the stricter one is announced", async () => {
    await deploy("both", { policies: [limit(3)], operations: operations([limit(2, "12h")]) });
    expect(await statuses("/both/a")).toEqual([200]);
    const { status, headers } = await t.request("/both/a");
    expect([status, Object.fromEntries(headers)]).toMatchObject([
      200,
      {
        "x-ratelimit-limit": "2",
        "x-ratelimit-remaining": "0",
        "ratelimit-policy": '"default";q=3;w=86400, "default";q=2;w=43200',
        ratelimit: expect.stringMatching(/^"default";r=1;t=\d+, "default";r=0;t=\d+$/),
      },
    ]);
    expect(await statuses("/both/a", "/both/b", "/both/b")).toEqual([429, 429, 429]);
  });

  test("a count outlives a change of the API", async () => {
    await deploy("changing", { policies: [limit(1)] });
    expect(await statuses("/changing/a")).toEqual([200]);
    const { status } = await t.manage(
      "PUT",
      "/rest-apis/changing?wait=10s",
      restApi("changing", t.upstream.port, { policies: [limit(2)] }),
    );
    expect(status).toBe(200);
    expect(await statuses("/changing/a", "/changing/a")).toEqual([200, 429]);
  });
});
