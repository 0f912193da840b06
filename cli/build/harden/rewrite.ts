/**
 * A function's instructions with meters at loop heads, guards for what traps, and exceptions instead of
 * `unreachable`. Notes where each instruction went, for the source map.
 */
import { Writer } from "../wasm/bytes.ts";
import { instructions, op, type Instruction } from "../wasm/instructions.ts";
import { Fault, fault, type Ending } from "./guards.ts";
import type { Graph } from "./graph.ts";

export interface Site {
  fuel: number;
  ending: Ending;
  graph: Graph;
  /** New index of a function, when imports were added. */
  move: (index: number) => number;
  /** Index of the function that takes its parameter from the fuel. */
  spend: number;
  /** Index of the function that guards this instruction, or -1. */
  guard: (opcode: number, sub: number) => number;
}

export interface Rewritten {
  code: Uint8Array;
  /** Pairs of offsets in the old code and in the new. */
  moves: [number, number][];
}

/** Takes its parameter from the fuel: at function entries, where a call is cheap and 14 bytes less count. */
export function spending(fuel: number, ending: Ending): Uint8Array {
  const writer = new Writer();
  writer
    .byte(op.globalGet)
    .unsigned(fuel)
    .byte(op.localGet, 0, op.i32Sub, op.globalSet)
    .unsigned(fuel);
  writer.byte(op.globalGet).unsigned(fuel).byte(op.i32Const, 0, op.i32LtS, op.if, 0x40);
  return fault(writer, Fault.OutOfFuel, ending).byte(op.end, op.end).finish();
}

/** Takes `cost` from the fuel and throws when there is none left: 19 bytes, about a nanosecond. */
export function meter(writer: Writer, cost: number, fuel: number, ending: Ending): void {
  writer.byte(op.globalGet).unsigned(fuel).byte(op.i32Const).signed(cost).byte(op.i32Sub);
  writer.byte(op.globalSet).unsigned(fuel);
  writer.byte(op.globalGet).unsigned(fuel).byte(op.i32Const, 0, op.i32LtS, op.if, 0x40);
  fault(writer, Fault.OutOfFuel, ending).byte(op.end);
}

export function rewrite(code: Uint8Array, metered: boolean, site: Site): Rewritten {
  const all = [...instructions(code)];
  const loops = costs(all, site.graph);
  const writer = new Writer();
  const moves: [number, number][] = [];
  const entry = loops.get(OUTSIDE) as number;
  if (metered) writer.byte(op.i32Const).signed(entry).byte(op.call).unsigned(site.spend);
  all.forEach((one, i) => {
    moves.push([one.at, writer.size]);
    const { opcode, sub, operand } = one;
    if (opcode === op.unreachable) {
      fault(writer, Fault.Unreachable, site.ending);
      return;
    }
    if (opcode === op.call || opcode === op.returnCall || opcode === op.refFunc) {
      writer.byte(opcode).unsigned(site.move(operand));
      return;
    }
    const guard = safeDivisor(all[i - 1], opcode) ? -1 : site.guard(opcode, sub);
    if (guard >= 0) writer.byte(op.call).unsigned(guard);
    else writer.put(code.subarray(one.at, one.end));
    if (opcode === op.loop) meter(writer, loops.get(i) as number, site.fuel, site.ending);
  });
  return { code: writer.finish(), moves };
}

/** True if the instruction divides by a constant that is neither 0 nor -1. */
function safeDivisor(before: Instruction | undefined, opcode: number): boolean {
  const divides = (opcode >= 0x6d && opcode <= 0x70) || (opcode >= 0x7f && opcode <= 0x82);
  if (!divides || !before) return false;
  return (
    (before.opcode === 0x41 || before.opcode === 0x42) &&
    before.operand !== 0 &&
    before.operand !== -1
  );
}

/** Key of what stands outside of all loops. */
const OUTSIDE = -1;

/** Instructions that one round of each loop may run, inner loops counted for themselves. */
function costs(all: readonly Instruction[], { price }: Graph): Map<number, number> {
  const sums = new Map<number, number>([[OUTSIDE, 0]]);
  const open: number[] = [];
  all.forEach(({ opcode, operand }, i) => {
    if (opcode === op.block || opcode === op.if || opcode === op.try) open.push(OUTSIDE);
    else if (opcode === op.loop) {
      open.push(i);
      sums.set(i, 0);
    } else if (opcode === op.end || opcode === 0x18) open.pop();
    const inside = open.findLast((at) => at !== OUTSIDE) ?? OUTSIDE;
    const own = opcode === op.call ? (price[operand] ?? 1) : 1;
    sums.set(inside, Math.min(2_000_000, (sums.get(inside) as number) + own));
  });
  return sums;
}
