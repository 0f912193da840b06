/**
 * The callbacks' edge: each exported `proxy_on_*` gets a wrapper that catches a fault, has the request
 * answered with 500, and gives the host the value that lets nothing through.
 */
import { Writer } from "../wasm/bytes.ts";
import { op } from "../wasm/instructions.ts";
import type { FunctionType } from "../wasm/module.ts";

/**
 * Estimated bytes of stack that a callback starts with: about 900 frames. Well below what V8 has, because
 * unwinding costs too: 5 microseconds a frame.
 */
export const STACK_BUDGET = 160_000;
/** Instructions of a callback of a module that does not fill up its fuel itself. */
const FOREIGN_FUEL = 20_000_000;

export interface Edge {
  callee: number;
  type: FunctionType;
  tag: number;
  depth: number;
  fuel: number;
  /** What is left of the caller's stack pointer, a global that an exception would leave moved. */
  stackPointer: number | null;
  /** True if the module fills up its fuel and reports its faults by itself. */
  ours: boolean;
  /** Function that takes the kind of fault. */
  onFault: number;
  /** False: only the budgets are filled up, and a fault goes on to the host. */
  catches: boolean;
  name: string;
}

/** What a callback answers after a fault: hold the headers and the body, refuse the configuration. */
function answer(name: string): number {
  return /headers|body|trailers|data|metadata/.test(name) ? 1 : name === "proxy_on_done" ? 1 : 0;
}

export function edge(one: Edge): { locals: number; code: Uint8Array } {
  const { params, results } = one.type;
  const writer = new Writer();
  const saved = params.length;
  writer.byte(op.i32Const).signed(STACK_BUDGET).byte(op.globalSet).unsigned(one.depth);
  if (!one.ours) {
    writer.byte(op.i32Const).signed(FOREIGN_FUEL).byte(op.globalSet).unsigned(one.fuel);
  }
  if (!one.catches) {
    params.forEach((_, i) => writer.byte(op.localGet).unsigned(i));
    return { locals: 0, code: writer.byte(op.call).unsigned(one.callee).byte(op.end).finish() };
  }
  if (one.stackPointer !== null) {
    writer.byte(op.globalGet).unsigned(one.stackPointer).byte(op.localSet).unsigned(saved);
  }
  writer.byte(op.try, results[0] ?? 0x40);
  params.forEach((_, i) => writer.byte(op.localGet).unsigned(i));
  writer.byte(op.call).unsigned(one.callee);
  // The kind of fault lies on the stack while the budgets are filled up under it.
  writer.byte(op.catch).unsigned(one.tag);
  if (one.stackPointer !== null) {
    writer.byte(op.localGet).unsigned(saved).byte(op.globalSet).unsigned(one.stackPointer);
  }
  writer.byte(op.i32Const).signed(STACK_BUDGET).byte(op.globalSet).unsigned(one.depth);
  // The report needs fuel of its own: running out of it may be what is reported.
  writer.byte(op.i32Const).signed(FOREIGN_FUEL).byte(op.globalSet).unsigned(one.fuel);
  writer.byte(op.call).unsigned(one.onFault);
  if (results.length) writer.byte(op.i32Const).signed(answer(one.name));
  writer.byte(op.end, op.end);
  return { locals: one.stackPointer === null ? 0 : 1, code: writer.finish() };
}

/**
 * For modules that know nothing of faults: 500 to the client whose request it was. Outside of a request
 * the host refuses the answer, which does no harm.
 */
export function foreignFault(sendLocalResponse: number): Uint8Array {
  const writer = new Writer();
  writer.byte(op.i32Const).signed(500);
  for (let i = 0; i < 6; i++) writer.byte(op.i32Const, 0);
  writer.byte(op.i32Const).signed(-1).byte(op.call).unsigned(sendLocalResponse);
  return writer.byte(0x1a, op.end).finish();
}
