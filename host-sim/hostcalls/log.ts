/** What a module says, when it asks for the time, and how its last call ended. */
import { LogLevel, Status } from "../../sdk/abi.ts";
import { toText } from "../bytes.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export const log: Hostcalls = {
  proxy_log(vm, level: number, message: number, size: number) {
    if (level < 0 || level > LogLevel.Critical) return Status.BadArgument;
    vm.log(level, toText(vm.memory.text(message, size)), vm.effective ?? vm.current);
    return Status.Ok;
  },

  proxy_get_log_level(vm, outLevel: number) {
    vm.memory.setU32(outLevel, vm.host.logLevel);
    return Status.Ok;
  },

  proxy_get_status(vm, outCode: number, outMessage: number, outSize: number) {
    const { code, message } = vm.context.root.status;
    vm.memory.setU32(outCode, code);
    vm.memory.give(message, outMessage, outSize);
    return Status.Ok;
  },

  proxy_get_current_time_nanoseconds(vm, outTime: number) {
    vm.memory.setU64(outTime, vm.host.clock.nanoseconds());
    return Status.Ok;
  },

  proxy_set_tick_period_milliseconds(vm, period: number) {
    vm.context.root.tickEvery(period >>> 0);
    return Status.Ok;
  },
};
