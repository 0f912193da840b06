/** Every function that a module can import, as Envoy 1.40 registers them for ABI 0.2.1. */
import { LogLevel, Status } from "../../sdk/abi.ts";
import { BadAddress } from "../wasm/memory.ts";
import { describe } from "../trace/describe.ts";
import type { Vm } from "../wasm/vm.ts";
import { bodies } from "./bodies.ts";
import { callouts } from "./callouts.ts";
import { foreign } from "./foreign.ts";
import { grpc } from "./grpc.ts";
import { headers } from "./headers.ts";
import type { Hostcall, Hostcalls } from "../wasm/hostcall.ts";
import { log } from "./log.ts";
import { metrics } from "./metrics.ts";
import { properties } from "./properties.ts";
import { shared } from "./shared.ts";
import { streams } from "./streams.ts";
import { wasi } from "./wasi.ts";

export const hostcalls: Hostcalls = {
  ...log,
  ...headers,
  ...bodies,
  ...properties,
  ...callouts,
  ...grpc,
  ...shared,
  ...metrics,
  ...streams,
  ...foreign,
};

const extras: Hostcalls = {
  emscripten_notify_memory_growth: () => {},
  pthread_equal: (_vm, left: number, right: number) => (left === right ? 1 : 0),
};

const modules: Record<string, Hostcalls> = {
  env: { ...hostcalls, ...extras },
  wasi_snapshot_preview1: wasi,
  wasi_unstable: wasi,
};

export const hostcallNames: ReadonlySet<string> = new Set(
  Object.entries(modules).flatMap(([module, calls]) =>
    Object.keys(calls).map((name) => `${module}.${name}`),
  ),
);

/** All that a module may do while it starts; in its allocator it may only log. */
const allowedAtStart = new Set([
  "proxy_log",
  "proxy_get_log_level",
  "fd_write",
  "args_sizes_get",
  "args_get",
  "environ_sizes_get",
  "environ_get",
  "fd_prestat_get",
  "clock_time_get",
  "proxy_get_current_time_nanoseconds",
  "random_get",
  "proc_exit",
  "emscripten_notify_memory_growth",
]);
const allowedInAllocator = new Set(["proxy_log", "fd_write", "emscripten_notify_memory_growth"]);

export function bindHostcalls(vm: Vm, compiled: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled))
    (imports[module] ??= {})[name] = bind(vm, module, name, modules[module]![name]!);
  return imports;
}

function bind(vm: Vm, module: string, name: string, call: Hostcall): WebAssembly.ImportValue {
  const { capabilities } = vm.settings;
  if (capabilities && !capabilities.has(name) && !(name in extras)) {
    return () => {
      const what = `Attempted call to restricted proxy-wasm capability: ${name}`;
      vm.log(LogLevel.Error, what, vm.current);
      return module === "env" ? Status.InternalFailure : notCapable;
    };
  }
  const { traced, called } = vm.host;
  const words = traced ? describe[name] : undefined;
  if (words || called) {
    const plain = call;
    call = (one, ...given) => {
      called?.(name);
      if (words) one.doing?.note(words(one, ...(given as number[])));
      return plain(one, ...given);
    };
  }
  const badAddress = module === "env" ? Status.InvalidMemoryAccess : fault;
  return (...words: unknown[]) => {
    if (vm.restricted !== null) refuse(vm.restricted, name);
    try {
      return call(vm, ...words);
    } catch (error) {
      if (error instanceof BadAddress) return badAddress;
      throw error;
    }
  };
}

/** WASI's numbers for a missing capability and a bad address. */
const notCapable = 76;
const fault = 21;

function refuse(where: string, name: string): void {
  const allowed = where === "malloc" ? allowedInAllocator : allowedAtStart;
  if (!allowed.has(name)) throw new Error(`restricted callback: ${name} was called in ${where}`);
}
