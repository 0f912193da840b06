import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { freePort } from "../controller/fixtures/free-port.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { startLoad } from "../controller/fixtures/load.ts";
import { startTestAgent, stateFolder, type TestAgent } from "./fleet.ts";

let controller: TestGateway;
let gateway: TestAgent;
let state: Awaited<ReturnType<typeof stateFolder>>;
beforeAll(async () => {
  controller = await startTestGateway({ envoy: "none", ports: { http: await freePort() } });
  const guarded = { policies: [{ name: "tiny", version: "v1" }] };
  await controller.manage("POST", "/rest-apis", restApi("a", controller.upstream.port, guarded));
  state = await stateFolder();
  gateway = await startTestAgent({
    urls: `http://127.0.0.1:${controller.gateway.ports.xds}`,
    ...{ stateFolder: state.folder, handoverS: 4 },
  });
});
afterAll(async () => {
  await gateway.agent.stop();
  await controller.close();
  await state.remove();
});

test("an Envoy takes over from the one before under traffic, and no request fails or goes without its policies", async () => {
  const { agent, httpPort } = gateway;
  let answered = 0;
  const load = startLoad({
    ...{ port: httpPort, path: "/a/x", perSecond: 500 },
    accept: (status, headers) => {
      answered++;
      return status === 200 && headers["x-tiny"] === "tiny"
        ? null
        : `${status} ${headers["x-tiny"]}`;
    },
  });
  const pids = [];
  for (let i = 0; i < 2; i++) {
    const before = agent.envoy.current()!;
    pids.push(before.pid);
    await agent.envoy.renew();
    await expect(agent.envoy.renew()).rejects.toThrow("still letting its requests end");
    await before.exited;
    await eventually(async () => {
      const { body } = await controller.manage("GET", "/rest-apis/a");
      expect(body).toMatchObject({ status: { gateways: [{ state: "serving" }] } });
    });
  }
  await eventually(() => expect(answered).toBeGreaterThan(1_000));
  const { failures } = await load.stop();
  expect(new Set([...pids, agent.envoy.current()!.pid]).size).toBe(3);
  expect(agent.envoy.restarts()).toBe(0);
  expect([...failures]).toEqual([]);
});

test("when the next Envoy does not start, the one that runs stays", async () => {
  const { envoy } = gateway.agent;
  const { pid } = envoy.current()!;
  await expect(envoy.renew("/bin/false")).rejects.toThrow("Envoy ended with 1");
  expect(envoy.current()!.pid).toBe(pid);
  expect((await fetch(`http://127.0.0.1:${gateway.httpPort}/a/x`)).status).toBe(200);
});
