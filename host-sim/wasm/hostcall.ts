/** The shape of a hostcall: a row of a table, given the VM that called. Words arrive as signed 32-bit numbers. */
import type { Vm } from "./vm.ts";

// Each row declares the parameters that the ABI gives it; a table of rows cannot say more than this.
export type Hostcall = (vm: Vm, ...words: any[]) => number | void;
export type Hostcalls = Record<string, Hostcall>;
