/** What `ap gateway bootstrap` prints, taken by a real Envoy as it stands: it joins, and serves. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { io } from "../../cli/io.ts";
import { printBootstrap, type BootstrapCommandOptions } from "../../cli/run/bootstrap.ts";
import { startEnvoy, type Envoy } from "../../controller/agent/envoy.ts";
import { findEnvoy } from "../../controller/agent/find.ts";
import type { GatewayOptions } from "../../controller/options.ts";
import { makeCertificate } from "../../controller/tls/certificate.ts";
import type { JsonObject } from "../../controller/xds/protos.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { eventually } from "../eventually.ts";
import { send } from "../runners/client.ts";
import { stateFolder } from "./fleet.ts";

const authority = makeCertificate({ commonName: "authority", authority: true });
const controllers = makeCertificate({
  ...{ commonName: "controller", names: ["localhost", "127.0.0.1"], issuer: authority },
});
const edge = makeCertificate({ commonName: "edge-1", issuer: authority });
const token = "n".repeat(32);

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await stateFolder());
  for (const [name, text] of Object.entries({
    "ca.pem": authority.certificate,
    "edge.pem": edge.certificate,
    "edge.key": edge.key,
    token: `${token}\n`,
  }))
    writeFileSync(join(folder, name), text);
});
afterAll(() => remove());

const file = (name: string) => join(folder, name);

function printed(options: Partial<BootstrapCommandOptions>): { json: JsonObject; said: string } {
  let [json, said] = ["", ""];
  const terminal = io(
    (text) => (json += text),
    (text) => (said += text),
  );
  printBootstrap({ node: "edge-1", controller: [], adminPort: "0", ...options }, terminal);
  return { json: JSON.parse(json) as JsonObject, said };
}

async function joined(t: TestGateway, options: Partial<BootstrapCommandOptions>): Promise<Envoy> {
  const controller = [`localhost:${t.gateway.ports.xds}`];
  const { json } = printed({ ...options, controller });
  return startEnvoy({ path: (await findEnvoy()).path, bootstrap: json, concurrency: 1 });
}

test.each<[string, GatewayOptions, Partial<BootstrapCommandOptions>]>([
  [
    "by its certificate",
    { xdsTls: { ...controllers, clientAuthority: authority.certificate } },
    { cert: "edge.pem", key: "edge.key" },
  ],
  [
    "by its token",
    { xdsTls: controllers, gatewayTokens: { "edge-1": token } },
    { tokenFile: "token" },
  ],
])("an Envoy elsewhere that is known %s serves", async (_, controller, options) => {
  const t = await startTestGateway({ envoy: "none", ...controller });
  const files = Object.fromEntries(
    Object.entries(options).map(([option, name]) => [option, file(name as string)]),
  );
  const envoy = await joined(t, { ca: file("ca.pem"), ...files });
  try {
    await t.manage("POST", "/rest-apis", restApi("a", t.upstream.port));
    await eventually(async () => {
      const { body } = await t.manage("GET", "/rest-apis/a");
      expect(body).toMatchObject({
        status: { gateways: [{ id: "edge-1", state: "acknowledged" }] },
      });
    });
    const port = await eventually(() => httpPort(envoy));
    expect(await send(port, { path: "/a/x" })).toMatchObject({ status: 200 });
    expect(await envoy.admin("/config_dump")).toContain("envoy.resource_monitors.fixed_heap");
  } finally {
    await envoy.stop();
    await t.close();
  }
});

async function httpPort(envoy: Envoy): Promise<number> {
  const text = await envoy.admin("/listeners?format=json");
  const port = /"port_value": (\d+)/.exec(text)?.[1];
  if (port === undefined) throw new Error(`Envoy does not listen: ${text}`);
  return Number(port);
}

describe("what is printed", () => {
  test("bounds the heap as it is told, or by this machine's memory, and then says so", () => {
    const told = printed({ maxHeapMb: "512" });
    expect(JSON.stringify(told.json)).toContain(`"max_heap_size_bytes":"${512 * 1_048_576}"`);
    expect(told.said).not.toContain("--max-heap-mb");
    const here = printed({});
    expect(JSON.stringify(here.json)).toContain("max_heap_size_bytes");
    expect(here.said).toMatch(/near a heap of \d+ MiB, four fifths of this machine's memory/);
  });

  test.each<[Partial<BootstrapCommandOptions>, string]>([
    [{ maxHeapMb: "lots" }, "--max-heap-mb: expected 1 to 1048576, found lots"],
    [{ ca: "ca.pem", cert: "edge.pem" }, "--cert and --key: expected both or neither"],
    [{ cert: "edge.pem", key: "edge.key" }, "--ca: expected who signed"],
    [{ tokenFile: "/nowhere" }, "--token-file: "],
  ])("is not, of %j", (options, words) => {
    expect(() => printed(options)).toThrow(words);
  });

  test("has a token only where it goes over TLS", () => {
    expect(() => printed({ tokenFile: file("token") })).toThrow("a token goes over TLS alone");
  });
});
