/** Changes that come while others are on their way to a real Envoy: what is answered last is what is stored and served. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const api = (version: string) =>
  restApi("a", t.upstream.port, { operations: [{ method: "GET", path: `/${version}` }] });
const stored = async () => (await t.manage("GET", "/rest-apis/a")).status === 200;
const served = async (version: string) => (await t.request(`/a/${version}`)).status === 200;

test("of making and taking away at once, again and again, the stored one is the served one", async () => {
  for (let i = 0; i < 6; i++) {
    const [made, gone] = await Promise.all([
      t.manage("POST", "/rest-apis?wait=10s", api("x")),
      t.manage("DELETE", "/rest-apis/a?wait=10s"),
    ]);
    expect([201, 202, 409]).toContain(made.status);
    expect([200, 202, 404]).toContain(gone.status);
  }
  const isStored = await stored();
  await eventually(async () => expect(await served("x")).toBe(isStored));
  if (isStored) await t.manage("DELETE", "/rest-apis/a?wait=10s");
  await eventually(async () => expect(await served("x")).toBe(false));
});

test("of many replacements at once the last revision is the served one, and none of the others", async () => {
  await t.manage("POST", "/rest-apis?wait=10s", api("0"));
  const versions = Array.from({ length: 12 }, (_, i) => `v${i}`);
  const answers = await Promise.all(
    versions.map((version) => t.manage("PUT", "/rest-apis/a?wait=10s", api(version))),
  );
  for (const { status } of answers) expect(status).toBe(200);
  const { body } = await t.manage("GET", "/rest-apis/a");
  const { spec, status } = body as unknown as {
    spec: { operations: { path: string }[] };
    status: { revision: number; gateways: object[] };
  };
  expect(status).toMatchObject({ revision: 13, gateways: [{ state: "serving", revision: 13 }] });
  for (const version of versions)
    expect(await served(version)).toBe(spec.operations[0]!.path === `/${version}`);
});
