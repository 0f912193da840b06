/** API keys from the management API to a real Envoy, on one machine and over an agent; and what becomes of them without a controller. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { rawOf } from "../controller/access/fixture.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { eventually } from "../eventually.ts";
import { send } from "../runners/client.ts";
import { startTestAgent, stateFolder, type TestAgent } from "./fleet.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = (await build(["policies/api-key-auth"])).wasm;
});

const guarded = { policies: [{ name: "api-key-auth", version: "v1" }] };

interface Place {
  controller: TestGateway;
  httpPort(): number;
}

async function prepare(controller: TestGateway): Promise<void> {
  await controller.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("a", controller.upstream.port, guarded),
  );
}

const makeKey = async ({ controller }: Place, name: string): Promise<string> =>
  rawOf(await controller.manage("POST", "/rest-apis/a/api-keys", { name }));

const withKey = async ({ httpPort }: Place, key: string): Promise<number> =>
  (await send(httpPort(), { path: "/a/x", headers: { "api-key": key } })).status;

/** How long it takes until a key is answered like this. */
async function answered(place: Place, key: string, status: number): Promise<number> {
  const began = performance.now();
  await eventually(async () => expect(await withKey(place, key)).toBe(status));
  return performance.now() - began;
}

/**
 * Makes keys and revokes them: each is known everywhere in the end, and the best of some rounds within the second that is
 * promised, as a busy machine may delay any one of them. `npm run bench:fleet` has the longest of many.
 */
async function comesAndGoes(places: readonly Place[], name: string): Promise<void> {
  const everywhere = async (key: string, status: number) =>
    Math.max(...(await Promise.all(places.map((one) => answered(one, key, status)))));
  const [came, went]: [number[], number[]] = [[], []];
  for (let i = 0; i < 5; i++) {
    const key = await makeKey(places[0]!, `${name}-${i}`);
    came.push(await everywhere(key, 200));
    const path = `/rest-apis/a/api-keys/${name}-${i}`;
    expect((await places[0]!.controller.manage("DELETE", path)).status).toBe(200);
    went.push(await everywhere(key, 401));
  }
  expect([Math.min(...came) < 1_000, Math.min(...went) < 1_000]).toEqual([true, true]);
}

const title =
  "a new key is good within a second after 201, a revoked one refused within a second after 200";

describe("on one machine", () => {
  let controller: TestGateway;
  beforeAll(async () => {
    controller = await startTestGateway({ module });
    await prepare(controller);
  });
  afterAll(() => controller.close());
  test(title, async () => {
    const place = { controller, httpPort: () => controller.gateway.ports.http! };
    expect(await withKey(place, "apip_unknown")).toBe(401);
    await comesAndGoes([place], "key");
  });
});

describe("over an agent", () => {
  let controller: TestGateway;
  let gateway: TestAgent;
  let state: Awaited<ReturnType<typeof stateFolder>>;
  const start = () =>
    startTestAgent({
      urls: `http://127.0.0.1:${controller.gateway.ports.xds}`,
      stateFolder: state.folder,
    });
  const place = (): Place => ({ controller, httpPort: () => gateway.httpPort });
  beforeAll(async () => {
    controller = await startTestGateway({ module, envoy: "none" });
    await prepare(controller);
    state = await stateFolder();
    gateway = await start();
  });
  afterAll(async () => {
    await gateway.agent.stop();
    await controller.close();
    await state.remove();
  });
  test(title, () => comesAndGoes([place()], "key"));

  test("every connected gateway takes a new key and refuses a revoked one", async () => {
    const folder = await stateFolder();
    const other = await startTestAgent({
      urls: `http://127.0.0.1:${controller.gateway.ports.xds}`,
      ...{ nodeId: "edge-2", stateFolder: folder.folder },
    });
    try {
      await comesAndGoes([place(), { controller, httpPort: () => other.httpPort }], "fleet");
    } finally {
      await other.agent.stop();
      await folder.remove();
    }
  });

  test("without any controller, also after a restart, a good key stays good and a revoked one refused", async () => {
    const [good, revoked] = [await makeKey(place(), "good"), await makeKey(place(), "bad")];
    await answered(place(), revoked, 200);
    await controller.manage("DELETE", "/rest-apis/a/api-keys/bad");
    await answered(place(), revoked, 401);
    await controller.gateway.stop();
    await gateway.agent.stop();
    gateway = await start();
    await answered(place(), good, 200);
    expect([await withKey(place(), revoked), await withKey(place(), "other")]).toEqual([401, 401]);
  });

  test("nothing of a key is in what is kept, nor in a log", async () => {
    const kept = await Promise.all(
      (await readdir(state.folder)).map((name) => readFile(join(state.folder, name))),
    );
    const everything = Buffer.concat(kept).toString("latin1") + gateway.logs + controller.logs;
    expect(everything).not.toContain("apip_");
    expect(everything).not.toContain("api-key-auth");
  });
});
