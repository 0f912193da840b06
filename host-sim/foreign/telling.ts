/** What a module that is built to be watched tells: which policy runs, and that a fault is about to end it. */
import type { ForeignFunctions } from "./foreign-function.ts";

const nothing = new Uint8Array(0);

/** Deep enough to reach the policy from below the SDK's helpers. */
const frames = 60;

export const telling: ForeignFunctions = {
  "sluice.runs": (vm, argument) => {
    vm.doing?.runs(argument.length > 0 ? Buffer.from(argument).toString("utf16le") : null);
    return nothing;
  },

  "sluice.fault": (vm) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = frames;
    const stack = new Error().stack ?? "";
    Error.stackTraceLimit = limit;
    const place = vm.settings.module.sourceMap?.policyPlace(stack);
    if (!place) return nothing;
    const where = `${place.source}:${place.line}:${place.column}`;
    vm.doing?.note(`fault at ${where}`);
    vm.context.stream?.exchange.faults.push(where);
    return nothing;
  },
};
