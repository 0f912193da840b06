/** Functions that Envoy offers by name; their arguments are protobuf. */
import { Status } from "../../sdk/abi.ts";
import { telling } from "../foreign/telling.ts";
import { foreignFunctions } from "../foreign/index.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export const foreign: Hostcalls = {
  proxy_call_foreign_function(
    vm,
    name: number,
    nameSize: number,
    argument: number,
    size: number,
    out: number,
    outSize: number,
  ) {
    const wanted = vm.memory.text(name, nameSize);
    const run = foreignFunctions[wanted] ?? telling[wanted];
    if (!run) return Status.NotFound;
    const result = run(vm, vm.memory.bytes(argument, size));
    if (typeof result === "number") return result;
    vm.memory.give(result, out, outSize);
    return Status.Ok;
  },
};
