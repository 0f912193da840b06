import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { startEnvoy } from "../../../controller/agent/envoy.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";
import { Store } from "../../../controller/store/store.ts";
import { eventually } from "../../eventually.ts";
import { send } from "../../runners/client.ts";
import { startUpstream } from "../../runners/upstream.ts";
import { restApi } from "../fixtures/gateway.ts";
import { startPostgres, type TestPostgres } from "../fixtures/postgres.ts";
import { buildController, startController, type ControllerProcess } from "../fixtures/process.ts";

let folder: string;
let postgres: TestPostgres;
let controller: Awaited<ReturnType<typeof buildController>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-durability-"));
  controller = await buildController();
  postgres = await startPostgres();
});
afterAll(async () => {
  await controller.remove();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

const create = ({ ports }: ControllerProcess, document: object) =>
  fetch(`http://127.0.0.1:${ports.management}/api/management/v1/rest-apis`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(document),
  });

/** A database's answer to a commit means the same in one round as in many; starts take most of the time. */
test.each([
  ["SQLite", 3, () => Promise.resolve(join(folder, "killed.db"))],
  ["PostgreSQL", 2, () => postgres.createDatabase()],
])(
  "what was answered 2xx is there after kill -9 right behind it, and who did it: %s",
  async (_, rounds, locate) => {
    const store = await locate();
    const written: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const running = await startController(controller.file, store);
      const list = await fetch(
        `http://127.0.0.1:${running.ports.management}/api/management/v1/rest-apis`,
      );
      const { apis } = (await list.json()) as { apis: { metadata: { name: string } }[] };
      expect(apis.map(({ metadata }) => metadata.name)).toEqual(written);
      for (let i = 0; i < 5; i++) {
        const name = `r${round}-${i}`;
        const answer = await create(running, restApi(name, 9));
        if (answer.ok) written.push(name);
      }
      await running.kill();
    }
    expect(written.length).toBe(rounds * 5);
    const after = await Store.open(store);
    expect((await after.artifacts("RestApi")).map(({ handle }) => handle)).toEqual(written);
    const entries = after.db.selectFrom("audit").select(["handle", "status"]).orderBy("id");
    expect(await entries.execute()).toEqual(written.map((handle) => ({ handle, status: 201 })));
    await after.close();
  },
);

test("traffic goes on while the controller is gone, and a change is served within a second of its return", async () => {
  const store = join(folder, "outage.db");
  const upstream = await startUpstream({ body: "ok" });
  const first = await startController(controller.file, store);
  const envoy = await startEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: bootstrap({
      nodeId: "n",
      controllers: [{ host: "127.0.0.1", port: first.ports.xds }],
    }),
    concurrency: 1,
  });
  await create(first, restApi("a", upstream.port));
  const port = await eventually(async () => {
    const text = await envoy.admin("/listeners?format=json");
    const { listener_statuses } = JSON.parse(text) as {
      listener_statuses: { local_address: { socket_address: { port_value: number } } }[];
    };
    return listener_statuses[0]!.local_address.socket_address.port_value;
  });
  const served = (path: string) =>
    eventually(async () => {
      const { status } = await send(port, { path });
      if (status !== 200) throw new Error(`${path}: ${status}`);
    });
  await served("/a/1");
  await first.kill();
  for (let i = 0; i < 50; i++) expect((await send(port, { path: "/a/1" })).status).toBe(200);
  const { xds } = first.ports;
  const second = await startController(controller.file, store, { xds });
  await create(second, restApi("b", upstream.port));
  await served("/b/1");
  expect((await send(port, { path: "/a/1" })).status).toBe(200);
  await second.kill();
  await envoy.stop();
  await upstream.close();
});
