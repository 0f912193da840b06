/** Buffers: bodies, configurations, answers of calls. */
import { BufferType, Status } from "../../sdk/abi.ts";
import { rawBytes } from "../bytes.ts";
import type { Body } from "../http/body.ts";
import type { Vm } from "../wasm/vm.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

const nothing = new Uint8Array(0);

function outside(vm: Vm, type: BufferType): Uint8Array {
  vm.host.swallowed(`a use of ${BufferType[type]} outside its phase, where it is empty`);
  return nothing;
}

/** A body that can be edited, bytes that cannot, or null where Envoy has no such buffer. */
function buffer(vm: Vm, type: number): Body | Uint8Array | null {
  const { root, stream, tcp } = vm.context;
  switch (type) {
    case BufferType.RequestBody:
    case BufferType.ResponseBody:
      return stream?.buffer(type) ?? outside(vm, type);
    case BufferType.VmConfiguration:
      return rawBytes(vm.settings.configuration);
    case BufferType.PluginConfiguration:
      return root.configuring ? rawBytes(root.plugin.configuration) : null;
    case BufferType.CallResponseBody:
      return root.response?.body ?? null;
    case BufferType.GrpcMessage:
      return root.grpcMessage ?? nothing;
    case BufferType.DownstreamData:
    case BufferType.UpstreamData:
      return tcp?.buffer(type) ?? outside(vm, type);
    case BufferType.CallData:
      return root.callData ?? nothing;
    default:
      return null;
  }
}

const isBuffer = (type: number): boolean => type >= 0 && type <= BufferType.CallData;

export const bodies: Hostcalls = {
  proxy_get_buffer_bytes(
    vm,
    type: number,
    start: number,
    length: number,
    out: number,
    outSize: number,
  ) {
    if (!isBuffer(type)) return Status.BadArgument;
    const found = buffer(vm, type);
    if (!found) return Status.NotFound;
    const from = start >>> 0;
    const size = Math.min(length >>> 0, Math.max(0, found.length - from));
    const bytes = found instanceof Uint8Array ? found : found.bytes();
    vm.memory.give(bytes.subarray(from, from + size), out, outSize);
    return Status.Ok;
  },

  proxy_get_buffer_status(vm, type: number, outLength: number, outFlags: number) {
    if (!isBuffer(type)) return Status.BadArgument;
    const found = buffer(vm, type);
    if (!found) return Status.NotFound;
    vm.memory.setU32(outLength, found.length);
    vm.memory.setU32(outFlags, 0);
    return Status.Ok;
  },

  /** Envoy replaces from the start or appends at the end; anything in the middle is a bad argument. */
  proxy_set_buffer_bytes(
    vm,
    type: number,
    start: number,
    length: number,
    data: number,
    size: number,
  ) {
    if (!isBuffer(type)) return Status.BadArgument;
    const found = buffer(vm, type);
    if (!found) return Status.NotFound;
    const bytes = vm.memory.bytes(data, size);
    if (found instanceof Uint8Array) {
      vm.host.swallowed(`a change of ${BufferType[type]} that goes nowhere`);
      return Status.BadArgument;
    }
    if (start === 0) {
      if (length) found.drain(length >>> 0);
      found.prepend(bytes);
    } else if (start >>> 0 >= found.length) {
      found.append(bytes);
    } else {
      vm.host.swallowed("an edit in the middle of a body");
      return Status.BadArgument;
    }
    return Status.Ok;
  },
};
