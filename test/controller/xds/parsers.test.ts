/** Why a filter of the gateway's own refuses odd line ends: what each of Envoy's switches for reading HTTP/1 makes of them. */
import { afterAll, describe, expect, test } from "vitest";
import { startEnvoy, type Envoy } from "../../../controller/agent/envoy.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";
import { eventually } from "../../eventually.ts";
import { any, type JsonObject } from "../../../controller/xds/protos.ts";
import { listening } from "../../runners/tcp.ts";
import { RawSocket } from "../fixtures/socket.ts";

const http = "envoy.extensions.filters";

interface Variant {
  manager?: JsonObject;
  runtime?: JsonObject;
}

/** A listener of bare Envoy that answers with what it has read. */
const bootstrap = ({ manager = {}, runtime = {} }: Variant): JsonObject => ({
  admin: { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
  layered_runtime: { layers: [{ name: "switches", static_layer: runtime }] },
  static_resources: {
    listeners: [
      {
        name: "http",
        address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
        filter_chains: [{ filters: [{ name: "http", typed_config: readAloud(manager) }] }],
      },
    ],
  },
});

const readAloud = (manager: JsonObject): JsonObject =>
  any(`${http}.network.http_connection_manager.v3.HttpConnectionManager`, {
    stat_prefix: "http",
    http_filters: [{ name: "router", typed_config: any(`${http}.http.router.v3.Router`) }],
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          response_headers_to_add: [
            { header: { key: "read", value: "a=%REQ(X-A)% b=%REQ(X-B)% c=%REQ(X-C)%" } },
          ],
          routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }],
        },
      ],
    },
    ...manager,
  });

const odd: [name: string, bytes: string, read: string][] = [
  ["LF as every line end", "GET / HTTP/1.1\nHost: a\nX-A: b\n\n", "a=b b= c="],
  ["LF after one header", "GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n", "a=b b= c="],
  ["CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-C: d\r\n\r\n", "a=bX-C: d b= c="],
  ["a folded header", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", "a=b c b= c="],
];

const parsers: [string, Variant][] = [
  ["balsa, the default", {}],
  ["http-parser", { manager: { http_protocol_options: { use_balsa_parser: false } } }],
];

const running: Envoy[] = [];
afterAll(() => Promise.all(running.map((envoy) => envoy.stop())));

async function start(variant: Variant, said: string[] = []): Promise<Envoy> {
  const { path } = await findEnvoy();
  const log = (line: string) => said.push(line);
  const envoy = await startEnvoy({ path, bootstrap: bootstrap(variant), concurrency: 1, log });
  running.push(envoy);
  return envoy;
}

describe.each(parsers)("%s reads in one way", (_, variant) => {
  test("LF, CR and folds: one answer, and no header that only the odd bytes make", async () => {
    const envoy = await start(variant);
    const [port] = await eventually(() => listening(envoy, 1));
    for (const [name, bytes, read] of odd) {
      const socket = await RawSocket.open(port!);
      await socket.send(bytes);
      // It has no body.
      await socket.received("\r\n\r\n");
      expect(socket.answers, name).toEqual([200]);
      expect(/^read: (.*)\r$/m.exec(socket.text)?.[1], name).toBe(read);
      socket.destroy();
    }
  });
});

/** If one of these starts one day, Envoy can refuse the bytes above itself. */
test.each([
  [
    "the header validator",
    {
      manager: {
        typed_header_validation_config: {
          name: "envoy.http.header_validators.envoy_default",
          typed_config: any(
            "envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig",
          ),
        },
      },
    },
    "does not support header validator extensions",
  ],
  [
    "the universal header validator",
    { runtime: { "envoy.reloadable_features.enable_universal_header_validator": true } },
    "Header validator can not be enabled",
  ],
])("stock Envoy is built without %s", async (_, variant, words) => {
  const said: string[] = [];
  // It ends before or after its admin is found.
  const ended = await start(variant, said).then(({ exited }) => exited, String);
  expect(String(ended)).toMatch(/^1$|Envoy ended with 1 /);
  expect(said.join("\n")).toContain(words);
});
