import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../../controller/tls/certificate.ts";
import { eventually } from "../eventually.ts";
import { startAgent } from "../../controller/agent/agent.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { startTestAgent, stateFolder, type TestAgent } from "./fleet.ts";

const authority = makeCertificate({ commonName: "authority", authority: true });
const xdsTls = makeCertificate({
  ...{ commonName: "controller", names: ["localhost", "127.0.0.1"], issuer: authority },
});
const tokens = { north: "n".repeat(32), south: "s".repeat(32) };
let controller: TestGateway;
let state: Awaited<ReturnType<typeof stateFolder>>;
let urls: string;
beforeAll(async () => {
  controller = await startTestGateway({ envoy: "none", xdsTls, gatewayTokens: tokens });
  state = await stateFolder();
  urls = `https://127.0.0.1:${controller.gateway.ports.xds}`;
  await controller.manage("POST", "/rest-apis", restApi("a", controller.upstream.port));
});
afterAll(async () => {
  await controller.close();
  await state.remove();
});

let folders = 0;
const follow = (
  token: string | null,
  ca = authority.certificate,
): { logs: string[]; started: Promise<TestAgent> } => {
  const logs: string[] = [];
  return {
    logs,
    started: startTestAgent({
      ...{ urls, authority: ca, stateFolder: `${state.folder}/${folders++}` },
      ...(token !== null && { token: async () => token }),
      log: (line) => logs.push(line),
    }),
  };
};

const gateways = async () => {
  const { body } = await controller.manage("GET", "/rest-apis/a");
  return (body as unknown as { status: { gateways: { id: string }[] } }).status.gateways;
};

test("the token says who a gateway is, whatever it calls itself", async () => {
  const { agent } = await follow(tokens.north).started;
  await eventually(async () =>
    expect(await gateways()).toMatchObject([{ id: "north", state: "serving" }]),
  );
  await agent.stop();
});

test.each([
  ["no token", null, authority.certificate, "a gateway's token is needed"],
  ["a wrong token", "w".repeat(32), authority.certificate, "the token is not good"],
  [
    "another authority",
    tokens.north,
    makeCertificate({ commonName: "other", authority: true }).certificate,
    "",
  ],
])("with %s nothing is served", async (_, token, ca, words) => {
  const stateOf = `${state.folder}/${folders++}`;
  const logs: string[] = [];
  const stopping = new AbortController();
  const starting = startAgent({
    ...{ urls, authority: ca, stateFolder: stateOf, nodeId: "edge", signal: stopping.signal },
    ...(token !== null && { token: async () => token }),
    log: (line) => logs.push(line),
  });
  await eventually(() => expect(logs.join("\n")).toMatch(words || /lost a controller/));
  expect((await gateways()).length).toBe(0);
  stopping.abort();
  await expect(starting).rejects.toThrow("ended before a controller answered");
});

test("a token that is taken back ends the call, and what was brought goes on being served", async () => {
  const { started, logs } = follow(tokens.south);
  const { agent, httpPort } = await started;
  await eventually(async () => expect(await gateways()).toHaveLength(1));
  controller.gateway.access.tokens.set({ north: tokens.north });
  await eventually(async () => expect(await gateways()).toEqual([]));
  await eventually(() => expect(logs.join("\n")).toContain("the token is not good"));
  await controller.manage("POST", "/rest-apis", restApi("b", controller.upstream.port));
  const status = async (path: string) =>
    (await fetch(`http://127.0.0.1:${httpPort}${path}`)).status;
  expect([await status("/a/x"), await status("/b/x")]).toEqual([200, 404]);
  controller.gateway.access.tokens.set(tokens);
  await eventually(async () => expect(await status("/b/x")).toBe(200));
  expect(logs.join("\n") + controller.logs.join("\n")).not.toContain(tokens.south);
  await agent.stop();
});

test("the Envoy beside a controller needs no token", async () => {
  const beside = await startTestGateway({ xdsTls, gatewayTokens: tokens });
  const { body } = await beside.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("a", beside.upstream.port),
  );
  expect(body).toMatchObject({ status: { gateways: [{ state: "serving" }] } });
  await beside.close();
});

test("TLS without anything to know gateways by is refused, and xDS without TLS stays on this machine", async () => {
  await expect(startTestGateway({ envoy: "none", xdsTls })).rejects.toThrow(
    "xdsTls: expected a clientAuthority or gatewayTokens, found neither",
  );
  const open = await startTestGateway({ envoy: "none", host: "0.0.0.0" });
  expect(open.logs.join("\n")).toContain("xDS listens on 127.0.0.1 only");
  await open.close();
});
