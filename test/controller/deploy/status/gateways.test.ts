/** What is said of gateways that are not there, do not answer, or went away. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../../../controller/until.ts";
import { eventually } from "../../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const api = (context: string) => restApi("a", t.upstream.port, { context });
const told = async () => (await t.manage("GET", "/rest-apis/a")).body["status"];

test("with no gateway nobody is waited for, and the status names none", async () => {
  const alone = await startTestGateway({ envoy: "none" });
  const answer = await alone.manage("POST", "/rest-apis?wait=60s", restApi("a", 1));
  expect(answer).toMatchObject({ status: 201, body: { status: { gateways: [], problem: null } } });
  const deleted = await alone.manage("DELETE", "/rest-apis/a?wait=60s");
  expect(deleted.status).toBe(200);
  await alone.close();
});

test("one that never acknowledges is pending when the time is over, and serves what it served", async () => {
  await t.manage("POST", "/rest-apis?wait=30s", api("/a"));
  const { pid } = t.gateway.envoy!.current()!;
  process.kill(pid!, "SIGSTOP");
  try {
    const answer = await t.manage("PUT", "/rest-apis/a?wait=300ms", api("/b"));
    expect(answer).toMatchObject({
      status: 202,
      body: { status: { revision: 2, gateways: [{ state: "pending", revision: 1 }] } },
    });
  } finally {
    process.kill(pid!, "SIGCONT");
  }
  await until(
    async () =>
      expect(await told()).toMatchObject({ gateways: [{ state: "serving", revision: 2 }] }),
    30_000,
  );
  expect((await t.request("/b/x")).status).toBe(200);
});

test("one that went away is named no more, and holds up nobody", async () => {
  await t.gateway.envoy!.stop();
  await eventually(async () => expect(await told()).toMatchObject({ gateways: [] }));
  expect((await t.manage("PUT", "/rest-apis/a?wait=60s", api("/c"))).status).toBe(200);
});
