/** Two controllers over one PostgreSQL, each with an Envoy of its own: what one of them says of both. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Store } from "../../../controller/store/store.ts";
import { until } from "../../../controller/until.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { startPostgres, type TestPostgres } from "../fixtures/postgres.ts";
import { tinyModule } from "../tiny-filter.ts";

let postgres: TestPostgres;
let location: string;
let here: TestGateway;
let there: TestGateway;
beforeAll(async () => {
  postgres = await startPostgres();
  location = await postgres.createDatabase();
  here = await startTestGateway({ store: location });
  there = await startTestGateway({ store: location });
});
afterAll(async () => {
  await here.close();
  await there.close();
  await postgres.stop();
});

interface Told {
  gateways: { id: string; state: string; revision: number | null; reason?: string }[];
  problem: { revision: number; reason: string } | null;
}
const told = async (at: TestGateway, name: string): Promise<Told> =>
  (await at.manage("GET", `/rest-apis/${name}`)).body["status"] ?? { gateways: [], problem: null };
const states = async (at: TestGateway, name: string) =>
  (await told(at, name)).gateways.map(({ state, revision }) => `${state} ${revision}`);

/** The Envoy of the other controller takes nothing meanwhile. */
async function whileItHangs(work: () => Promise<void>): Promise<void> {
  const { pid } = there.gateway.envoy!.current()!;
  process.kill(pid!, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid!, "SIGCONT");
  }
}

test("`?wait` answers when the gateways of all controllers serve it, and each controller says so", async () => {
  const made = await here.manage("POST", "/rest-apis?wait=30s", restApi("a", here.upstream.port));
  expect(made.status).toBe(201);
  for (const path of ["/a/x"])
    for (const gateway of [here, there]) expect((await gateway.request(path)).status).toBe(200);
  const ids = await Promise.all(
    [here, there].map(async (at) => (await told(at, "a")).gateways.map(({ id }) => id).sort()),
  );
  expect(new Set(ids[0]).size).toBe(2);
  expect(ids[1]).toEqual(ids[0]);
  expect(await states(here, "a")).toEqual(["serving 1", "serving 1"]);
  const [listed] = (await there.manage("GET", "/rest-apis")).body["apis"]! as { status: Told }[];
  expect(listed!.status.gateways).toHaveLength(2);
});

test("a gateway of another controller that does not follow is waited for, and told as pending", async () => {
  await whileItHangs(async () => {
    const changed = restApi("a", here.upstream.port, { context: "/moved" });
    const put = await here.manage("PUT", "/rest-apis/a?wait=500ms", changed);
    expect(put.status).toBe(202);
    await until(
      async () => expect(await states(here, "a")).toEqual(["serving 2", "pending 1"]),
      10_000,
    );
  });
  await until(
    async () => expect(await states(here, "a")).toEqual(["serving 2", "serving 2"]),
    30_000,
  );
  expect((await there.request("/moved/x")).status).toBe(200);
});

test("what is taken away is gone when the gateways of all controllers have it no more", async () => {
  await here.manage("POST", "/rest-apis?wait=30s", restApi("gone", here.upstream.port));
  await whileItHangs(async () => {
    expect((await here.manage("DELETE", "/rest-apis/gone?wait=500ms")).status).toBe(202);
  });
  await here.manage("POST", "/rest-apis?wait=30s", restApi("gone", here.upstream.port));
  expect((await here.manage("DELETE", "/rest-apis/gone?wait=30s")).status).toBe(200);
  expect((await there.request("/gone/x")).status).toBe(404);
});

test("a refusal at another controller's gateway is everybody's to know", async () => {
  // RE2 takes no more than 1,000 repetitions.
  const headers = [{ name: "a", value: "b{2000}", type: "RegularExpression" }];
  const operations = [{ match: { method: "GET", path: { value: "/x" }, headers } }];
  await here.manage("POST", "/rest-apis?wait=30s", restApi("bad", here.upstream.port));
  const refused = restApi("bad", here.upstream.port, { operations });
  expect((await here.manage("PUT", "/rest-apis/bad?wait=30s", refused)).status).toBe(202);
  for (const at of [here, there])
    await until(async () => {
      const { gateways, problem } = await told(at, "bad");
      expect(problem).toMatchObject({ revision: 2 });
      expect(gateways).toMatchObject(
        [1, 2].map(() => ({ state: "refused", revision: 1, reason: expect.any(String) })),
      );
    }, 30_000);
});

test("a module is waited for at the gateways of all controllers", async () => {
  const { manage } = here;
  const bytes = await tinyModule("other");
  const { hash } = await here.gateway.modules.upload(bytes);
  const { status, body } = await manage("POST", `/modules/${hash}/assign?wait=30s`);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { gateways: [{ state: "serving" }, { state: "serving" }] },
  });
});

test("the gateways of a controller that died are told as pending, and not for ever", async () => {
  const dead = await Store.open(location);
  await dead.served!.alive();
  const came = [{ id: "left", node: "left-alone" }];
  await dead.served!.write({ came, went: [], rows: [], removed: [] });
  const ofIt = async () => (await told(here, "a")).gateways.filter(({ id }) => id === "left-alone");
  expect(await ofIt()).toMatchObject([{ state: "pending", revision: null }]);
  await dead.db
    .updateTable("controllers")
    .set(({ eb }) => ({ seen_at: eb("seen_at", "-", 20_000) }))
    .where(
      "origin",
      "in",
      dead.db.selectFrom("gateways").select("controller").where("id", "=", "left"),
    )
    .execute();
  expect(await ofIt()).toEqual([]);
  await until(async () => {
    const rows = await dead.db
      .selectFrom("gateways")
      .select("id")
      .where("id", "=", "left")
      .execute();
    expect(rows).toEqual([]);
  }, 30_000);
  await dead.close();
});

test("without the database nobody claims to know what gateways of others serve", async () => {
  await postgres.crash();
  expect((await told(here, "a")).gateways).toMatchObject([
    { state: "serving" },
    { state: "pending", reason: expect.stringContaining("cannot be read") },
  ]);
  await postgres.restart();
  await until(
    async () => expect(await states(here, "a")).toEqual(["serving 2", "serving 2"]),
    40_000,
  );
});

test("a controller that ends takes its gateways along", async () => {
  await there.gateway.stop();
  expect((await told(here, "a")).gateways).toHaveLength(1);
});
