/** What a status rests on: what Envoy was seen to serve, or of an Envoy without an agent what it acknowledged. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { startEnvoy, type Envoy } from "../../../controller/agent/envoy.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";
import { versionsOf } from "../../../controller/agent/proof/dump.ts";
import { witness } from "../../../controller/agent/proof/witness.ts";
import { eventually } from "../../eventually.ts";
import { ResourceCache } from "../../../controller/xds/cache.ts";
import { DeltaStream } from "../../../controller/xds/stream.ts";
import { typeUrls } from "../../../controller/xds/wire.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let gateway: TestGateway;
let bare: Envoy;
beforeAll(async () => {
  gateway = await startTestGateway();
  bare = await startEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: bootstrap({
      nodeId: "bare",
      controllers: [{ host: "127.0.0.1", port: gateway.gateway.ports.xds }],
    }),
    concurrency: 1,
  });
});
afterAll(async () => {
  await bare.stop();
  await gateway.close();
});

test("the Envoy beside the controller is seen to serve, another one only acknowledges", async () => {
  await gateway.manage("POST", "/rest-apis?wait=10s", restApi("a", gateway.upstream.port));
  await eventually(async () => {
    const { body } = await gateway.manage("GET", "/rest-apis/a");
    const { status } = body as unknown as { status: { gateways: { id: string; state: string }[] } };
    expect(status.gateways.map(({ id, state }) => [id.split("-")[0], state]).sort()).toEqual([
      ["bare", "acknowledged"],
      ["gateway", "serving"],
    ]);
  });
});

test("versions are asked by name, also names with the signs of regular expressions", async () => {
  const ask = gateway.gateway.envoy!.current()!.admin;
  const [route] = gateway.gateway.control.resourcesOf("a").routes;
  expect([...(await versionsOf(ask, "route", [route!, "none", "(.*)"])).keys()]).toEqual([route]);
  expect([...(await versionsOf(ask, "extension", ["policies"])).keys()]).toEqual(["policies"]);
  expect((await versionsOf(ask, "cluster", ["."])).size).toBe(0);
});

test("what was acknowledged but is not there counts as not held until it is", async () => {
  const cache = new ResourceCache(null);
  const resource = { version: "new", bytes: new Uint8Array([1]) };
  cache.take([{ kind: "route", name: "r", resource }]);
  let version = "old";
  let nonce = "";
  const stream = new DeltaStream(cache, { send: (response) => (nonce = response.nonce) });
  const request = (rest: object) =>
    stream.receive({
      typeUrl: typeUrls.route,
      resourceNamesSubscribe: ["r"],
      resourceNamesUnsubscribe: [],
      initialResourceVersions: {},
      responseNonce: "",
      ...rest,
    });
  let asked = 0;
  const end = witness({
    stream,
    ask: async () => {
      asked++;
      return JSON.stringify({ configs: [{ version_info: version, route_config: { name: "r" } }] });
    },
  });
  request({});
  request({ responseNonce: nonce, resourceNamesSubscribe: [] });
  await eventually(() => expect(asked).toBeGreaterThan(2));
  expect(stream.held("route", "r")).toBeUndefined();
  version = "new";
  await eventually(() => expect(stream.held("route", "r")).toBe("new"));
  end();
});
