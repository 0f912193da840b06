/**
 * Modules as TCP filters in front of `tcp_proxy` in a real Envoy, with both ends of each connection in this process:
 * a listener for each.
 */
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { findEnvoy } from "../../controller/agent/find.ts";
import { startEnvoy, type Envoy } from "../../controller/agent/envoy.ts";
import { eventually } from "../eventually.ts";
import { any, type JsonObject } from "../../controller/xds/protos.ts";

/** One end of a connection. */
export interface TcpEnd {
  socket: Socket;
  received: string;
  /** The other side has sent all that it will. */
  ended: boolean;
  closed: boolean;
}

export interface TcpEnvoy {
  logs: string[];
  /** Opens a connection to the listener with this configuration; its upstream may never be asked. */
  connect(index: number): Promise<{ client: TcpEnd; upstream(): Promise<TcpEnd> }>;
  close(): Promise<void>;
}

function end(socket: Socket): TcpEnd {
  const one: TcpEnd = { socket, received: "", ended: false, closed: false };
  socket.on("data", (bytes) => void (one.received += bytes.toString("latin1")));
  socket.on("end", () => void (one.ended = true));
  socket.on("close", () => void (one.closed = true));
  socket.on("error", () => {});
  return one;
}

/** A listener with a filter for each plugin configuration. */
export async function tcpEnvoy(plugins: readonly JsonObject[]): Promise<TcpEnvoy> {
  const waiting: ((one: TcpEnd) => void)[] = [];
  const arrived: TcpEnd[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const one = end(socket);
    const next = waiting.shift();
    if (next) next(one);
    else arrived.push(one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const logs: string[] = [];
  const envoy = await startEnvoy({
    path: (await findEnvoy({})).path,
    bootstrap: bootstrap((server.address() as AddressInfo).port, plugins),
    concurrency: 1,
    logLevel: "info",
    log: (line) => logs.push(line),
  });
  const ports = await eventually(() => listening(envoy, plugins.length));
  const open = new Set<Socket>();
  return {
    logs,
    connect: async (index) => {
      const socket = connect({ port: ports[index]!, host: "127.0.0.1", allowHalfOpen: true });
      open.add(socket);
      await new Promise((resolve) => socket.once("connect", resolve));
      const upstream = (): Promise<TcpEnd> =>
        new Promise((resolve) => {
          const one = arrived.shift();
          if (one) resolve(one);
          else waiting.push(resolve);
        });
      return { client: end(socket), upstream };
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      for (const { socket } of arrived) socket.destroy();
      await envoy.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ports of its listeners, by their names as numbers. */
export async function listening(envoy: Envoy, count: number): Promise<number[]> {
  const { listener_statuses = [] } = JSON.parse(await envoy.admin("/listeners?format=json")) as {
    listener_statuses?: Listening[];
  };
  if (listener_statuses.length < count) throw new Error("Envoy does not listen");
  return listener_statuses
    .sort((a, b) => Number(a.name) - Number(b.name))
    .map((one) => one.local_address.socket_address.port_value);
}

interface Listening {
  name: string;
  local_address: { socket_address: { port_value: number } };
}

const address = (port: number): JsonObject => ({
  socket_address: { address: "127.0.0.1", port_value: port },
});

const bootstrap = (upstream: number, plugins: readonly JsonObject[]): JsonObject => ({
  admin: { address: address(0) },
  static_resources: {
    listeners: plugins.map((config, index) => ({
      name: String(index),
      address: address(0),
      filter_chains: [{ filters: [wasm(config), proxy] }],
    })),
    clusters: [
      {
        name: "upstream",
        load_assignment: {
          cluster_name: "upstream",
          endpoints: [{ lb_endpoints: [{ endpoint: { address: address(upstream) } }] }],
        },
      },
    ],
  },
});

const proxy: JsonObject = {
  name: "proxy",
  typed_config: any("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", {
    stat_prefix: "tcp",
    cluster: "upstream",
  }),
};

const wasm = (config: JsonObject): JsonObject => ({
  name: "wasm",
  typed_config: any("envoy.extensions.filters.network.wasm.v3.Wasm", { config }),
});

/** The module with each of these configurations, in a VM of its own, as Envoy runs it unless told otherwise. */
export const pluginsOf = (module: Uint8Array, configurations: readonly string[]): JsonObject[] =>
  configurations.map((configuration, index) => ({
    name: "probe",
    root_id: "probe",
    configuration: any("google.protobuf.StringValue", { value: configuration }),
    vm_config: {
      vm_id: `vm-${index}`,
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { inline_bytes: Buffer.from(module).toString("base64") } },
    },
  }));
