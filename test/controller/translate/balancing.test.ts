/** How requests are spread over the targets of an upstream definition: in a real Envoy with one worker. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
let servers: UpstreamServer[];
beforeAll(async () => {
  t = await startTestGateway();
  servers = await Promise.all(
    ["a", "b", "c"].map((body) =>
      startUpstream(({ path }) => ({ body, delayMs: path === "/slow" ? 1_500 : 0 })),
    ),
  );
});
afterAll(async () => {
  await t.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function deploy(name: string, settings: object, weights: number[] = []): Promise<void> {
  const upstreams = servers.map(({ port }, i) => ({
    url: `http://127.0.0.1:${port}`,
    ...(weights[i] !== undefined && { weight: weights[i] }),
  }));
  const spec = {
    upstream: { main: { ref: "d" } },
    upstreamDefinitions: [{ name: "d", upstreams, settings }],
  };
  const document = restApi(name, 1, spec);
  const { status, body } = await t.manage("POST", "/rest-apis?wait=10s", document);
  expect({ status, body }).toMatchObject({ status: 201, body: { status: { problem: null } } });
}

/** Who answered each of these requests. */
async function ask(requests: { path: string; headers?: Record<string, string> }[]) {
  const answers: string[] = [];
  for (const request of requests) answers.push((await t.request(request)).text);
  return answers;
}

const counts = (answers: string[]) =>
  ["a", "b", "c"].map((name) => answers.filter((one) => one === name).length);

test("round robin gives each its turn", async () => {
  await deploy("turns", { loadBalancing: { method: "round-robin" } });
  const answers = await ask(Array.from({ length: 30 }, () => ({ path: "/turns/x" })));
  expect(counts(answers)).toEqual([10, 10, 10]);
});

test("weights give each its share, and nothing to a weight of 0", async () => {
  await deploy("shares", {}, [3, 1, 0]);
  const answers = await ask(Array.from({ length: 40 }, () => ({ path: "/shares/x" })));
  expect(counts(answers)).toEqual([30, 10, 0]);
});

test("at random each gets some, in no order", async () => {
  await deploy("drawn", { loadBalancing: { method: "random" } });
  const answers = await ask(Array.from({ length: 60 }, () => ({ path: "/drawn/x" })));
  // That one of three is never drawn in 60 comes once in ten thousand million runs.
  expect(Math.min(...counts(answers))).toBeGreaterThan(0);
  expect(answers.join("")).not.toMatch(/^(abc|bca|cab|acb|cba|bac)\1*$/);
});

test("least request passes by those that have enough to do", async () => {
  await deploy("least", { loadBalancing: { method: "least-request" } });
  const slow = [1, 2, 3, 4, 5, 6].map(() => t.request("/least/slow"));
  const answers = await ask(Array.from({ length: 30 }, () => ({ path: "/least/x" })));
  const busy = (await Promise.all(slow)).map(({ text }) => text);
  // Of two that it draws it takes the one with fewer requests: they are spread, not piled up on one.
  expect(Math.max(...counts(busy))).toBeLessThanOrEqual(5);
  expect(answers.length).toBe(30);
});

test.each([
  [
    "a header",
    "ring-hash",
    { header: "x-user" },
    (i: number) => ({ path: "/x", headers: { "x-user": `${i}` } }),
  ],
  ["the URI", "maglev", "uri", (i: number) => ({ path: `/${i}`, headers: {} })],
  [
    "a cookie",
    "maglev",
    { cookie: "who" },
    (i: number) => ({ path: "/x", headers: { cookie: `who=${i}` } }),
  ],
])(
  "by %s, who is equal stays with one, and others are spread",
  async (_, method, hashOn, requestOf) => {
    const name = `by-${method}-${JSON.stringify(hashOn).replace(/\W/g, "")}`;
    await deploy(name, { loadBalancing: { method, hashOn } });
    const of = (i: number) => {
      const { path, headers } = requestOf(i);
      return { path: `/${name}${path}`, headers };
    };
    const requests = Array.from({ length: 24 }, (_, i) => of(i));
    const first = await ask(requests);
    expect(await ask(requests)).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1);
  },
);

test("by address, one client stays with one target", async () => {
  await deploy("by-ip", { loadBalancing: { method: "ring-hash", hashOn: "ip" } });
  const answers = await ask(Array.from({ length: 12 }, () => ({ path: "/by-ip/x" })));
  expect(new Set(answers).size).toBe(1);
});

test("retries have a budget: what fails for everybody is not asked three times as often", async () => {
  const clients = 40;
  let asked = 0;
  let everybody = () => {};
  const allAsked = new Promise<void>((resolve) => (everybody = resolve));
  // The first time it fails for all of them at once.
  const failing = await startUpstream(async () => {
    if (++asked === clients) everybody();
    await allAsked;
    return { status: 503, delayMs: 300 };
  });
  const spec = { traffic: { retries: { attempts: 2, on: ["5xx"] } } };
  const document = restApi("failing", failing.port, spec);
  expect((await t.manage("POST", "/rest-apis?wait=10s", document)).status).toBe(201);
  const answers = await Promise.all(Array.from({ length: clients }, () => t.request("/failing/x")));
  expect(answers.every(({ status }) => status === 503)).toBe(true);
  const counters = await t.gateway.envoy!.current()!.admin("/stats?filter=retry_overflow");
  expect(counters).toMatch(/upstream_rq_retry_overflow: [1-9]/);
  expect(asked).toBeGreaterThan(clients);
  expect(asked).toBeLessThan(2 * clients);
  await failing.close();
});
