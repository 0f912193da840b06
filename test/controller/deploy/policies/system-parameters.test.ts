import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../../cli/build/index.ts";
import { startUpstream, type UpstreamServer } from "../../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../../fixtures/gateway.ts";

let module: Uint8Array;
let service: UpstreamServer;
const open: TestGateway[] = [];

beforeAll(async () => {
  module = (await build([fileURLToPath(new URL("asker", import.meta.url))])).wasm;
  service = await startUpstream(({ path, headers }) => ({
    body: `${path} for ${headers.find(([name]) => name === "x-badge")?.[1]}`,
  }));
});
afterAll(async () => {
  await Promise.all(open.map((gateway) => gateway.close()));
  await service.close();
});

async function start(policyConfigurations: Record<string, object>): Promise<TestGateway> {
  const gateway = await startTestGateway({ module, policyConfigurations });
  open.push(gateway);
  return gateway;
}

const asking = (t: TestGateway, params: object) =>
  restApi("asking", t.upstream.port, {
    policies: [{ name: "asker", version: "v1", params }],
  });

test("a policy gets what the gateway's configuration adds, and calls the service that a URL names", async () => {
  const t = await start({ asker_v1: { badge: "b-1" } });
  const url = `http://127.0.0.1:${service.port}/who?x=1#part`;
  expect((await t.manage("POST", "/rest-apis?wait=10s", asking(t, { url }))).status).toBe(201);
  expect((await t.request("/asking/a")).status).toBe(200);
  expect(t.upstream.seen.at(-1)!.headers).toContainEqual(["x-answer", "/who?x=1 for b-1"]);
});

test("an API cannot set what belongs to the gateway, nor name what is no service", async () => {
  const t = await start({ asker_v1: { badge: "b-1" } });
  const errors = async (params: object) =>
    (await t.manage("POST", "/rest-apis", asking(t, params))).body.errors;
  expect(await errors({ url: "http://127.0.0.1:9/", badge: "mine" })).toEqual([
    {
      field: "spec.policies[0].params.badge",
      message: "is set by the gateway's configuration",
    },
  ]);
  expect(await errors({ url: "ftp://files" })).toEqual([
    {
      field: "spec.policies[0].params",
      message: "'ftp://files' is no http or https URL of a host",
    },
  ]);
});

test("a policy whose configuration is wrong is refused with the place to mend", async () => {
  const t = await start({ asker_v1: {} });
  const answer = await t.manage("POST", "/rest-apis", asking(t, { url: "http://127.0.0.1:9/" }));
  expect(answer.status).toBe(400);
  expect(answer.body.errors![0]!.field).toBe("policy_configurations.asker_v1");
  expect(answer.body.errors![0]!.message).toContain("badge");
});
