/** What a status rests on: what Envoy was seen to serve, or of an Envoy without an agent what it acknowledged. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { startEnvoy, type Envoy } from "../../../controller/agent/envoy.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";
import { versionsOf } from "../../../controller/agent/proof/dump.ts";
import { questionsAbout } from "../../../controller/agent/proof/questions.ts";
import { witness } from "../../../controller/agent/proof/witness.ts";
import { eventually } from "../../eventually.ts";
import { ResourceCache } from "../../../controller/xds/cache.ts";
import { DeltaStream } from "../../../controller/xds/stream.ts";
import type { Kind } from "../../../controller/xds/kinds.ts";
import { typeUrls } from "../../../controller/xds/wire.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

/** That have little in common: an expression of them all has more steps than Envoy allows. */
const words = ["orders", "payments", "inventory", "shipping", "customers", "reviews", "billing"];

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
  const named = async (kind: Kind, ...names: string[]) => {
    const [question, ...more] = questionsAbout(names, []);
    expect(more).toEqual([]);
    return [...(await versionsOf(ask, kind, question!.regex)).keys()];
  };
  expect(await named("route", route!, "none", "(.*)")).toEqual([route]);
  expect(await named("extension", "policies")).toEqual(["policies"]);
  expect(await named("cluster", ".")).toEqual([]);
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

test("many APIs are seen to serve after a start, whatever they are called", async () => {
  const create = async (name: string, document: object = {}) => {
    const api = restApi(name, gateway.upstream.port, document);
    expect((await gateway.manage("POST", "/rest-apis", api)).status).toBe(201);
  };
  for (const word of words) for (const name of [word, `${word}-v2`]) await create(name);
  // Longer than what may be written out of a single name.
  await create("long", { context: `/${"a-long-way-down".repeat(8)}` });
  const envoy = gateway.gateway.envoy!.current()!;
  await envoy.stop();
  await eventually(async () => {
    expect(gateway.gateway.envoy!.current()).not.toBe(envoy);
    const list = await gateway.manage("GET", "/rest-apis");
    const { apis } = list.body as unknown as {
      apis: { status: { gateways: { id: string; state: string }[] } }[];
    };
    const states = apis
      .flatMap(({ status }) => status.gateways)
      .filter(({ id }) => id !== "bare")
      .map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["serving"]));
    expect(states).toHaveLength(2 * words.length + 2);
  });
});
