import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../controller/until.ts";
import { eventually } from "../eventually.ts";
import { freePort } from "../controller/fixtures/free-port.ts";
import { restApi } from "../controller/fixtures/gateway.ts";
import { startLoad } from "../controller/fixtures/load.ts";
import { startPostgres, type TestPostgres } from "../controller/fixtures/postgres.ts";
import {
  buildController,
  buildProcess,
  startController,
  startProcess,
  type ControllerProcess,
} from "../controller/fixtures/process.ts";
import { tinyModule } from "../controller/tiny-filter.ts";
import { send } from "../runners/client.ts";
import { startUpstream, type UpstreamServer } from "../runners/upstream.ts";
import { stateFolder } from "./fleet.ts";

const built: { remove(): Promise<void> }[] = [];
let postgres: TestPostgres;
let upstream: UpstreamServer;
let state: Awaited<ReturnType<typeof stateFolder>>;
let controllers: ControllerProcess[];
let agent: Awaited<ReturnType<typeof startProcess>>;
let startAgent: () => Promise<typeof agent>;
let startOne: (xds?: number) => Promise<ControllerProcess>;
let httpPort: number;

beforeAll(async () => {
  postgres = await startPostgres();
  upstream = await startUpstream({ body: "up" });
  state = await stateFolder();
  httpPort = await freePort();
  const controllerFile = await buildController();
  const agentFile = await buildProcess(new URL("./agent-main.ts", import.meta.url));
  built.push(controllerFile, agentFile);
  const store = await postgres.createDatabase();
  startOne = async (xds) =>
    startController(controllerFile.file, store, { http: httpPort, xds: xds ?? (await freePort()) });
  controllers = [await startOne(), await startOne()];
  startAgent = () =>
    startProcess(agentFile.file, [
      JSON.stringify({
        ...{ nodeId: "edge-1", stateFolder: state.folder, concurrency: 1 },
        urls: controllers.map(({ ports }) => `http://127.0.0.1:${ports.xds}`).join(),
      }),
    ]);
  const module = (await tinyModule()) as Uint8Array<ArrayBuffer>;
  await manage("POST", "/modules?assign=true", module);
  await manage("POST", "/rest-apis", JSON.stringify(api()));
  agent = await startAgent();
});
afterAll(async () => {
  await agent.kill();
  for (const controller of controllers) await controller.kill();
  for (const one of built) await one.remove();
  await upstream.close();
  await postgres.stop();
  await state.remove();
});

const api = (context = "/a") =>
  restApi("a", upstream.port, { context, policies: [{ name: "tiny", version: "v1" }] });

async function manage(
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  by = controllers[0]!,
) {
  const url = `http://127.0.0.1:${by.ports.management}/api/management/v1${path}`;
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, headers, body });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as { status: { gateways: object[] } };
}

/** Settles when the answer has the policy's mark; throws when one came without it. */
const served = (path: string) =>
  until(async () => {
    const { status, headers } = await send(httpPort, { path });
    if (status !== 200) throw new Error(`${path}: ${status}`);
    expect(headers).toContainEqual(["x-tiny", "tiny"]);
  }, 60_000);

test("when the controller that it follows is killed, the agent follows the next", async () => {
  await served("/a/x");
  const first = controllers[0]!;
  await first.kill();
  const put = "/rest-apis/a?wait=10s";
  await until(async () => {
    const { status } = await manage("PUT", put, JSON.stringify(api("/b")), controllers[1]);
    expect(status.gateways).toMatchObject([{ id: "edge-1", state: "serving" }]);
  }, 60_000);
  await served("/b/x");
  controllers[0] = await startOne(first.ports.xds);
}, 180_000);

test("with every controller killed, Envoy and agent come back with the same revision and all policies", async () => {
  await served("/b/x");
  for (const controller of controllers) await controller.kill();
  const outcomes = { served: 0, unguarded: 0, notFound: 0 };
  const load = startLoad({
    ...{ port: httpPort, path: "/b/x", perSecond: 200 },
    accept: (status, headers) => {
      if (status === 404) outcomes.notFound++;
      if (status === 200 && headers["x-tiny"] !== "tiny") outcomes.unguarded++;
      else if (status === 200) outcomes.served++;
      return status === 200 ? null : String(status);
    },
  });
  await until(() => expect(outcomes.served).toBeGreaterThan(100), 60_000);
  expect((await send(httpPort, { path: "/b/x" })).status).toBe(200);

  const versions = new Set<string>();
  for (let i = 0; i < 5; i++) {
    await agent.kill();
    await eventually(() => expect(send(httpPort, { path: "/b/x" })).rejects.toThrow());
    const starting = startAgent();
    await served("/b/x");
    agent = await starting;
    versions.add((agent.said as { version: string }).version);
  }
  const before = outcomes.served;
  await until(() => expect(outcomes.served).toBeGreaterThan(before + 100), 60_000);
  await load.stop();
  expect(versions.size).toBe(1);
  expect(outcomes.unguarded).toBe(0);
  expect(outcomes.notFound).toBe(0);
}, 600_000);

test("an Envoy that is killed meanwhile comes back by itself", async () => {
  const { envoyPid } = agent.said as { envoyPid: number };
  process.kill(envoyPid, "SIGKILL");
  await served("/b/x");
});

test("a controller that comes back is followed again", async () => {
  controllers = [
    await startOne(controllers[0]!.ports.xds),
    await startOne(controllers[1]!.ports.xds),
  ];
  // Each controller tells of the gateways that follow it, and the agent takes whichever answers first.
  let asked = 0;
  await until(async () => {
    const one = controllers[asked++ % 2]!;
    const { status } = await manage("PUT", "/rest-apis/a?wait=5s", JSON.stringify(api("/c")), one);
    expect(status.gateways).toMatchObject([{ id: "edge-1", state: "serving" }]);
  }, 60_000);
  await served("/c/x");
});
