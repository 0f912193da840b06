import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { send } from "../runners/client.ts";
import { startTestAgent, stateFolder, type TestAgent } from "./fleet.ts";

let controller: TestGateway;
let state: Awaited<ReturnType<typeof stateFolder>>;
const ending: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  controller = await startTestGateway({ envoy: "none" });
  state = await stateFolder();
  ending.push(state.remove, () => controller.close());
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const follow = async (): Promise<TestAgent> => {
  const started = await startTestAgent({
    urls: `http://127.0.0.1:${controller.gateway.ports.xds}`,
    stateFolder: state.folder,
  });
  ending.push(() => started.agent.stop());
  return started;
};
const tiny = { policies: [{ name: "tiny", version: "v1" }] };

test("a gateway with an agent serves what its controller has, and its status is proven", async () => {
  const { upstream } = controller;
  await controller.manage("POST", "/rest-apis", restApi("a", upstream.port, tiny));
  const { httpPort, agent } = await follow();
  expect((await send(httpPort, { path: "/a/x" })).headers).toContainEqual(["x-tiny", "tiny"]);
  const changed = await controller.manage(
    "PUT",
    "/rest-apis/a?wait=10s",
    restApi("a", upstream.port, { ...tiny, context: "/b" }),
  );
  expect(changed.body).toMatchObject({
    status: { gateways: [{ id: "edge-1", state: "serving", revision: 2 }] },
  });
  expect((await send(httpPort, { path: "/b/x" })).status).toBe(200);
  expect((await send(httpPort, { path: "/a/x" })).status).toBe(404);
  await controller.manage("DELETE", "/rest-apis/a");
  await eventually(async () => expect((await send(httpPort, { path: "/b/x" })).status).toBe(404));
  await eventually(() => expect(agent.version()).toMatch(/^[0-9a-f]{16}$/));
});
