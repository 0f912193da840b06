/** The property tree of Envoy 1.40, as a wasm filter sees it: what exists depends on the phase. */
import type { Exchange } from "../http/exchange.ts";
import type { HeaderMap } from "../http/headers.ts";
import { grpcStatusOf } from "../codec/wire.ts";
import type { Context } from "../wasm/context.ts";
import type { RootContext } from "../wasm/root.ts";
import type { StreamContext } from "../wasm/stream.ts";
import { address, connection, node } from "./ends.ts";
import { metadataMessage } from "./protobuf.ts";
import { tcpProperty } from "./tcp.ts";
import { branch, fromJson, isBranch, type Branch, type Value } from "./value.ts";

/** Undefined if there is no such property; parts are separated by NUL. */
export function findProperty(context: Context, path: string): Value | undefined {
  if (path === "") return nothing;
  const parts = path.split("\0");
  // A trailing NUL ends the last part; it begins no empty one.
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  let value = top(context, parts[0]!);
  for (let i = 1; i < parts.length && value !== undefined; i++) value = part(value, parts[i]!);
  return value;
}

/** There, but without a form in bytes. */
const nothing: Branch = { part: () => undefined };

export function part(value: Value, name: string): Value | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined;
  return isBranch(value) ? value.part(name) : undefined;
}

export function top(context: Context, name: string): Value | undefined {
  const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  if (plugin) return plugin(context.root);
  const { stream, tcp } = context;
  if (tcp) return tcpProperty(tcp.connection, tcp.root, name);
  if (!stream) return name === "xds" ? branch({ node: () => node(context.root) }) : undefined;
  const find = Object.hasOwn(streams, name) ? streams[name] : undefined;
  if (find) return find(stream);
  return stream.exchange.filterState.get(`wasm.${name}`)?.value;
}

const plugins: Record<string, (root: RootContext) => Value> = {
  plugin_name: (root) => root.plugin.name,
  plugin_root_id: (root) => root.plugin.rootId,
  plugin_vm_id: (root) => root.vm.settings.vmId,
};

const streams: Record<string, (stream: StreamContext) => Value | undefined> = {
  request: (stream) => request(stream.exchange, stream.propertyHeaders.request),
  response: (stream) => {
    const { exchange } = stream;
    return response(exchange, stream.propertyHeaders.response);
  },
  source: ({ exchange }) => address(exchange.clientAddress, 50000),
  destination: () => address("127.0.0.1", 10000),
  connection: ({ exchange }) => connection(exchange.connection),
  connection_id: () => 0n,
  upstream: ({ exchange }) =>
    exchange.attempts > 0
      ? branch({
          address: () => "127.0.0.1:8080",
          port: () => 8080n,
          local_address: () => "127.0.0.1:50001",
          request_attempt_count: () => BigInt(exchange.attempts),
        })
      : nothing,
  metadata: ({ exchange }) => metadata(exchange.dynamicMetadata),
  filter_state: ({ exchange }) => ({
    part: (name) => exchange.filterState.get(name)?.value,
    names: () => [...exchange.filterState.keys()],
  }),
  xds: (stream) => xds(stream),
};

const metadata = (value: Record<string, Record<string, unknown>>): Branch =>
  branch({ filter_metadata: () => fromJson(value) }, () => metadataMessage(value));

function xds({ exchange, root }: StreamContext): Branch {
  const { route } = exchange;
  return branch({
    route_name: () => route?.name,
    route_metadata: () => route && metadata(route.metadata),
    cluster_name: () => route && (route.cluster ?? "upstream"),
    cluster_metadata: () => route && metadata({}),
    virtual_host_name: () => route && "simulator",
    virtual_host_metadata: () => route && metadata({}),
    listener_direction: () => 0n,
    listener_metadata: () => metadata({}),
    filter_chain_name: () => "",
    node: () => node(root),
  });
}

/** Fields that come from headers vanish with them; sizes and times stay. */
function request(exchange: Exchange, headers: HeaderMap | null): Branch {
  const header = (name: string) => () => headers?.get(name) ?? undefined;
  const path = (): string | null => headers?.get(":path") ?? null;
  const { clock } = exchange.settings.host;
  return branch({
    path: () => path() ?? undefined,
    url_path: () => path()?.split("?", 1)[0],
    query: () => {
      const whole = path();
      if (whole === null) return undefined;
      const mark = whole.indexOf("?");
      return mark < 0 ? "" : whole.slice(mark + 1).split("#", 1)[0];
    },
    host: header(":authority"),
    scheme: header(":scheme"),
    method: header(":method"),
    referer: header("referer"),
    useragent: header("user-agent"),
    id: header("x-request-id"),
    headers: () => headerBranch(headers),
    time: () => clock.nanoseconds(exchange.startedAt),
    protocol: () => "HTTP/1.1",
    size: () => {
      const length = headers?.get("content-length");
      return length ? BigInt(length) : BigInt(exchange.requestBytes);
    },
    total_size: () => BigInt(exchange.requestBytes + (headers?.byteSize ?? 0)),
    duration: () => (exchange.over ? clock.nanoseconds(clock.now - exchange.startedAt) : undefined),
  });
}

function response(exchange: Exchange, headers: HeaderMap | null): Branch {
  return branch({
    code: () => (exchange.code === null ? undefined : BigInt(exchange.code)),
    // A reply without a reason has an empty one.
    code_details: () => exchange.details || (exchange.decidedBy === null ? undefined : ""),
    flags: () => BigInt(exchange.flags),
    headers: () => headerBranch(headers),
    trailers: () => headerBranch(exchange.responseTrailers),
    grpc_status: () => {
      const status = exchange.responseTrailers?.get("grpc-status") ?? headers?.get("grpc-status");
      if (status) return BigInt(status);
      return exchange.code === null ? undefined : BigInt(grpcStatusOf(exchange.code));
    },
    size: () => BigInt(exchange.responseBytes),
    total_size: () => BigInt(exchange.responseBytes + (headers?.byteSize ?? 0)),
  });
}

const headerBranch = (headers: HeaderMap | null): Branch => ({
  part: (name) => headers?.joined(name) ?? undefined,
  entries: () => {
    const names = new Set(headers?.pairs.map(([name]) => name));
    return [...names].map((name) => [name, headers!.joined(name)!]);
  },
});
