/** The property tree. Parts of a path are separated by NUL. */
import { Status } from "../../sdk/abi.ts";
import { findProperty } from "../properties/tree.ts";
import { serialize } from "../properties/value.ts";
import { plainBytes, setFilterState } from "../state/filter-state.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export const properties: Hostcalls = {
  proxy_get_property(vm, path: number, size: number, out: number, outSize: number) {
    const value = findProperty(vm.context, vm.memory.text(path, size));
    if (value === undefined) return Status.NotFound;
    const bytes = serialize(value);
    if (bytes === null) return Status.SerializationFailure;
    vm.memory.give(bytes, out, outSize);
    return Status.Ok;
  },

  proxy_set_property(vm, path: number, size: number, value: number, valueSize: number) {
    const key = vm.memory.text(path, size);
    const text = vm.memory.text(value, valueSize);
    const { stream, tcp, root } = vm.context;
    const owner = stream?.exchange ?? tcp?.connection;
    if (!owner) return Status.NotFound;
    const type = root.declared.get(key) ?? plainBytes;
    return setFilterState(owner.filterState, `wasm.${key}`, text, type)
      ? Status.Ok
      : Status.BadArgument;
  },
};
