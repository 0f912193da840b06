/** Writers that meet, and questions that are asked wrongly. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
});
afterAll(() => t.close());

test("of many who replace the same revision at once, one does", async () => {
  const made = await t.manage("POST", "/rest-apis", restApi("a", 1));
  const known = { "if-match": made.headers.get("etag")! };
  const ports = [2, 3, 4, 5, 6];
  const answers = await Promise.all(
    ports.map((port) => t.manage("PUT", "/rest-apis/a", restApi("a", port), known)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  const winner = ports[answers.findIndex(({ status }) => status === 200)]!;
  const now = await t.manage("GET", "/rest-apis/a");
  expect(now.body).toMatchObject({ ...restApi("a", winner), status: { revision: 2 } });
});

test("of a replacement and a removal of the same revision, one is done", async () => {
  const made = await t.manage("POST", "/rest-apis", restApi("b", 1));
  const known = { "if-match": made.headers.get("etag")! };
  const answers = await Promise.all([
    t.manage("DELETE", "/rest-apis/b", undefined, known),
    t.manage("PUT", "/rest-apis/b", restApi("b", 2), known),
  ]);
  const [removed, replaced] = answers.map(({ status }) => status);
  expect([
    [200, 404],
    [200, 412],
    [412, 200],
  ]).toContainEqual([removed, replaced]);
});

test("of many who create the same, one does", async () => {
  const answers = await Promise.all(
    [1, 2, 3].map((port) => t.manage("POST", "/rest-apis", restApi("c", port))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
});

test.each([
  ["limit", "/rest-apis?limit=1001"],
  ["limit", "/rest-apis?limit=1.5"],
  ["offset", "/rest-apis?offset=-1"],
])("a wrong %s of a list is named: %s", async (field, path) => {
  const answer = await t.manage("GET", path);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
});

test.each(["61s", "x", "10", "-1s", "99999999999h"])(
  "a wrong wait is named, and nothing is written: %s",
  async (wait) => {
    const answer = await t.manage("POST", `/rest-apis?wait=${wait}`, restApi("waits", 1));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: "wait" }] } });
    expect((await t.manage("GET", "/rest-apis/waits")).status).toBe(404);
  },
);

test("pages go through all, each once, and say how many there are", async () => {
  for (const name of ["p1", "p2", "p3"]) await t.manage("POST", "/rest-apis", restApi(name, 1));
  const { body, headers } = await t.manage("GET", "/rest-apis?limit=1000");
  const total = Number(headers.get("x-total-count"));
  const all = body["apis"]! as { metadata: { name: string } }[];
  expect(all).toHaveLength(total);
  const paged: unknown[] = [];
  for (let offset = 0; offset < total; offset += 2) {
    const page = await t.manage("GET", `/rest-apis?limit=2&offset=${offset}`);
    expect(page.body).toMatchObject({ total });
    paged.push(...(page.body["apis"]! as unknown[]));
  }
  expect(paged).toEqual(all);
  expect((await t.manage("GET", "/rest-apis?limit=0")).body).toMatchObject({ count: 0, total });
});
