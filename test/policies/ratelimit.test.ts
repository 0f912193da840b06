/** Limits in a whole gateway: two Envoy workers, many clients, several operations. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { crowd } from "./crowd.ts";

const names = ["basic-ratelimit", "advanced-ratelimit", "quota", "concurrency-limit"];
let t: TestGateway;

beforeAll(async () => {
  const { wasm } = await build(names.map((name) => `policies/${name}`));
  const policyConfigurations = {
    ratelimit_v1: {
      ...{ algorithm: "fixed-window", backend: "memory", clientAddress: "trusted" },
      redis: { host: "redis", password: "do-not-show" },
      memory: { max_entries: 10_000 },
      local: { syncInterval: "50ms" },
      headers: { include_ietf: true },
    },
  };
  t = await startTestGateway({ module: wasm, concurrency: 2, policyConfigurations });
});
afterAll(() => t.close());

const admin = (path: string) => t.gateway.envoy!.current()!.admin(path);

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

const advanced = (params: object) => ({ name: "advanced-ratelimit", version: "v1", params });
const quota = (algorithm: string, limit: number, more: object = {}) => ({
  algorithm,
  limits: [{ limit, duration: "8760h" }],
  ...more,
});

describe("across two workers and 64 clients", () => {
  const flood = (path: string, requests: number, headers?: (n: number) => Record<string, string>) =>
    crowd({
      port: t.gateway.ports.http!,
      path,
      clients: 64,
      requests,
      ...(headers && { headers }),
    });

  test("both workers serve", async () => {
    await deploy("spread", { policies: [] });
    await flood("/spread/a", 500);
    const stats = await admin("/stats?filter=worker_.*cx_total");
    const served = [...stats.matchAll(/worker_(\d)\.downstream_cx_total: (\d+)/g)];
    const busy = served.filter(([, , count]) => Number(count) > 5).map(([, worker]) => worker);
    expect(new Set(busy)).toEqual(new Set(["0", "1"]));
  });

  test("basic-ratelimit lets exactly the limit through", async () => {
    await deploy("crowded", { policies: [limit(3_000)] });
    const counts = await flood("/crowded/a", 5_000);
    expect(counts).toEqual(
      new Map([
        [200, 3_000],
        [429, 2_000],
      ]),
    );
  });

  test.each(["fixed-window", "sliding-window", "token-bucket", "gcra"])(
    "%s lets exactly the limit through, for each key",
    async (algorithm) => {
      const keyExtraction = [{ type: "header", key: "x-user" }];
      const quotas = [quota(algorithm, 1_000, { keyExtraction })];
      await deploy(algorithm, { policies: [advanced({ quotas })] });
      const counts = await flood(`/${algorithm}/a`, 4_000, (n) => ({ "x-user": `u${n % 2}` }));
      expect(counts.get(200)).toBe(2_000);
    },
  );

  test("of two quotas neither loses anything to the other's refusals", async () => {
    const keyExtraction = [{ type: "constant", key: "all" }];
    const quotas = [
      { name: "wide", ...quota("fixed-window", 2_000, { keyExtraction }) },
      quota("fixed-window", 1_000, { name: "narrow", keyExtraction }),
    ];
    await deploy("pair", { policies: [advanced({ quotas })] });
    const counts = await flood("/pair/a", 3_000);
    expect(counts.get(200)).toBe(1_000);
    const { headers } = await t.request("/pair/a");
    const standing = Object.fromEntries(headers)["ratelimit"];
    expect(standing).toMatch(/^"wide";r=1000;t=\d+, "narrow";r=0;t=\d+$/);
  });
});

test("all share a section of the configuration, and what is secret in it shows nowhere", async () => {
  const monthly = { name: "quota", params: { limits: [{ limit: 5, period: "month" }] } };
  const few = { name: "concurrency-limit", params: { limit: 1 } };
  const others = [monthly, few].map((one) => ({ ...one, version: "v1" }));
  const quotas = [quota("gcra", 5)];
  await deploy("quiet", { policies: [limit(5), advanced({ quotas }), ...others] });
  expect(await statuses("/quiet/a")).toEqual([200]);
  const text = await admin("/config_dump");
  expect(text).toContain("quiet/");
  expect(text).not.toContain("do-not-show");
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
