/** Header maps. Which map exists when is the stream's to say. */
import { MapType, Status } from "../../sdk/abi.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { Vm } from "../wasm/vm.ts";
import type { Hostcall, Hostcalls } from "../wasm/hostcall.ts";

function readable(vm: Vm, type: number): HeaderMap | null {
  const { context } = vm;
  if (context.stream) return context.stream.readable(type);
  const { root } = context;
  if (type === MapType.CallResponseHeaders) return root.response?.headers ?? null;
  if (type === MapType.CallResponseTrailers) return root.response?.trailers ?? null;
  if (type === MapType.GrpcInitialMetadata) return root.grpcInitial;
  return type === MapType.GrpcTrailingMetadata ? root.grpcTrailing : null;
}

/** Envoy asks for the size of a map as if it were to be changed: not of those that can only be read. */
function sized(vm: Vm, type: number): HeaderMap | null {
  const { root, stream } = vm.context;
  if (type === MapType.GrpcInitialMetadata) return root.grpcInitial;
  if (type === MapType.GrpcTrailingMetadata) return root.grpcTrailing;
  return stream?.map(type) ?? null;
}

/** A change of request headers makes Envoy look for the route again, in ABI 0.2.x. */
function change(vm: Vm, type: number, edit: (map: HeaderMap) => void): Status {
  const { stream } = vm.context;
  const map = stream?.map(type);
  if (!stream || !map) {
    vm.host.swallowed(`a change of ${MapType[type] ?? `map ${type}`} outside its phase`);
    return Status.BadArgument;
  }
  edit(map);
  if (type === MapType.RequestHeaders) stream.exchange.clearRouteCache();
  return Status.Ok;
}

const isMap = (type: number): boolean => type >= 0 && type <= MapType.CallResponseTrailers;

/** A hostcall that takes a map, a name and a value. */
const written =
  (edit: (map: HeaderMap, name: string, value: string) => void): Hostcall =>
  (vm, type: number, name: number, nameSize: number, value: number, valueSize: number) => {
    if (!isMap(type)) return Status.BadArgument;
    const key = vm.memory.text(name, nameSize);
    const text = vm.memory.text(value, valueSize);
    return change(vm, type, (map) => edit(map, key, text));
  };

export const headers: Hostcalls = {
  proxy_get_header_map_value(
    vm,
    type: number,
    name: number,
    nameSize: number,
    out: number,
    outSize: number,
  ) {
    if (!isMap(type)) return Status.BadArgument;
    const key = vm.memory.text(name, nameSize);
    const map = readable(vm, type);
    if (!map) return vm.context.stream?.logging ? Status.NotFound : Status.BadArgument;
    const value = map.get(key);
    if (value === null) return Status.NotFound;
    const count = map.count(key);
    if (count > 1)
      vm.host.swallowed(`a read of ${key}, which has ${count} values: it gives the first`);
    vm.memory.give(value, out, outSize);
    return Status.Ok;
  },

  proxy_get_header_map_pairs(vm, type: number, out: number, outSize: number) {
    if (!isMap(type)) return Status.BadArgument;
    const map = readable(vm, type);
    // Envoy gives no pairs, and no error, where there is no map. A call that failed has none either.
    if (!map && type <= MapType.ResponseTrailers)
      vm.host.swallowed(`a read of ${MapType[type]} outside its phase, where there are no pairs`);
    vm.memory.givePairs(map?.pairs ?? [], out, outSize);
    return Status.Ok;
  },

  proxy_get_header_map_size(vm, type: number, outSize: number) {
    if (!isMap(type)) return Status.BadArgument;
    const map = sized(vm, type);
    if (!map) return Status.BadArgument;
    vm.memory.setU32(outSize, map.byteSize);
    return Status.Ok;
  },

  proxy_set_header_map_pairs(vm, type: number, pairs: number, size: number) {
    if (!isMap(type)) return Status.BadArgument;
    const list = vm.memory.pairs(pairs, size);
    if (size > 0 && list.length === 0)
      vm.host.swallowed("set_header_map_pairs with a malformed block, which removes every header");
    return change(vm, type, (map) => {
      map.clear();
      for (const [name, value] of list) map.add(name, value);
    });
  },

  proxy_add_header_map_value: written((map, name, value) => map.add(name, value)),
  proxy_replace_header_map_value: written((map, name, value) => map.replace(name, value)),

  proxy_remove_header_map_value(vm, type: number, name: number, nameSize: number) {
    if (!isMap(type)) return Status.BadArgument;
    const key = vm.memory.text(name, nameSize);
    return change(vm, type, (map) => map.remove(key));
  },
};
