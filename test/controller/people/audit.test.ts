import { afterAll, beforeAll, expect, test } from "vitest";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});
const [ada, ben] = [basic("ada", "a"), basic("ben", "b")];

beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    auditKeep: 3,
    users: [
      { username: "ada", password: "a", roles: ["admin"] },
      { username: "ben", password: "b", roles: ["consumer"] },
    ],
  });
});
afterAll(() => t.close());

const entries = async (query = "") => {
  const { body } = await t.manage("GET", `/audit${query}`, undefined, ada);
  return (body as unknown as { entries: Record<string, unknown>[] }).entries;
};

test("every change is there with who, what, before and after", async () => {
  const [first, second] = [restApi("pets", 1), restApi("pets", 2)];
  await t.manage("POST", "/rest-apis", first, { ...ada, "x-correlation-id": "c-1" });
  await t.manage("PUT", "/rest-apis/pets", second, ada);
  await t.manage("DELETE", "/rest-apis/pets", undefined, ada);
  const found = await entries("?kind=RestApi&handle=pets");
  expect(found).toMatchObject([
    { actor: "ada", action: "delete", status: 200, before: second, after: null },
    { actor: "ada", action: "replace", status: 200, before: first, after: second },
    {
      actor: "ada",
      action: "create",
      status: 201,
      before: null,
      after: first,
      correlationId: "c-1",
    },
  ]);
  expect(found[0]).toMatchObject({ address: "127.0.0.1" });
  expect(await entries("?kind=RestApi&limit=1")).toHaveLength(1);
  expect(await entries(`?before=${String(found[1]!.id)}&handle=pets`)).toHaveLength(1);
  expect(await entries(`?until=${String(found[2]!.at)}`)).toEqual([]);
});

test("a refused change is there too, and reading is not", async () => {
  await t.manage("POST", "/rest-apis", restApi("no", 1), ben);
  await t.manage("POST", "/rest-apis", { kind: "RestApi" }, ada);
  await t.manage("GET", "/rest-apis", undefined, ada);
  expect((await entries()).slice(0, 2)).toMatchObject([
    { actor: "ada", status: 400, kind: null },
    { actor: "ben", status: 403, kind: null },
  ]);
});

test("no secret of a document or of a user gets into it", async () => {
  const user = { username: "eve", password: "hunter2-hunter2", roles: ["consumer"] };
  await t.manage("POST", "/users", user, ada);
  const document = restApi("quiet", 1) as { metadata: object };
  Object.assign(document.metadata, { annotations: { "client-secret": "hunter2", owner: "shown" } });
  expect((await t.manage("POST", "/rest-apis", document, ada)).status).toBe(201);
  const text = JSON.stringify(await entries());
  expect(text).not.toContain("hunter2");
  expect(text).toContain("eve");
  expect(text).toContain("shown");
});

test("a question that makes no sense is refused", async () => {
  for (const query of ["?limit=0", "?limit=x", "?since=yesterday", "?before=-1"]) {
    const { status, body } = await t.manage("GET", `/audit${query}`, undefined, ada);
    expect([status, body.errors?.length]).toEqual([400, 1]);
  }
});

test("old entries go", async () => {
  for (let i = 0; i < 120; i++) await t.manage("DELETE", "/rest-apis/none", undefined, ada);
  expect((await entries("?limit=1000")).length).toBeLessThan(110);
});
