import type { Status } from "../../sdk/abi.ts";
import type { Vm } from "../wasm/vm.ts";

/** Result bytes, or a status other than Ok. */
export type ForeignFunction = (vm: Vm, argument: Uint8Array) => Uint8Array | Status;
export type ForeignFunctions = Record<string, ForeignFunction>;
