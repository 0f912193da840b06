/**
 * Functions that stand in for instructions which trap. A trap cannot be caught, so the case in which
 * the instruction would trap is looked for first and thrown as a fault.
 */
import { Writer } from "../wasm/bytes.ts";
import { op } from "../wasm/instructions.ts";
import { F32, F64, I32, I64, type FunctionType } from "../wasm/module.ts";

/** Kinds of fault, as in `sdk/engine/fault.ts`. */
export const Fault = {
  Unreachable: 0,
  OutOfFuel: 1,
  TooDeep: 2,
  DivisionByZero: 3,
  NoSuchNumber: 4,
} as const;

export interface Guard {
  type: FunctionType;
  code: (ending: Ending, fuel: number) => Uint8Array;
}

const EMPTY = 0x40;
const IF = op.if;
const END = op.end;

/** How a fault ends the callback: as an exception that its edge catches, or as a trap. */
export interface Ending {
  /** Number of the exception's tag; null for a trap. */
  tag: number | null;
  /** A function that is told the kind first and hands it back; null without one. */
  note: number | null;
}

export function fault(writer: Writer, kind: number, { tag, note }: Ending): Writer {
  if (tag === null) return writer.byte(op.unreachable);
  writer.byte(op.i32Const).signed(kind);
  if (note !== null) writer.byte(op.call).unsigned(note);
  return writer.byte(op.throw).unsigned(tag);
}

/** a / b, a % b: the divisor may be zero, and the smallest number divided by -1 does not fit. */
function division(opcode: number): Guard {
  const wide = opcode >= 0x7f;
  const type = wide ? I64 : I32;
  const overflows = opcode === 0x6d || opcode === 0x7f;
  return {
    type: { params: [type, type], results: [type] },
    code: (ending) => {
      const writer = new Writer();
      writer.byte(op.localGet, 1, wide ? 0x50 : 0x45, IF, EMPTY);
      fault(writer, Fault.DivisionByZero, ending).byte(END);
      if (overflows) {
        writer.byte(op.localGet, 1, wide ? 0x42 : 0x41, 0x7f, wide ? 0x51 : 0x46);
        writer.byte(op.localGet, 0, wide ? 0x42 : 0x41);
        if (wide) writer.byte(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f);
        else writer.byte(0x80, 0x80, 0x80, 0x80, 0x78);
        writer.byte(wide ? 0x51 : 0x46, 0x71, IF, EMPTY);
        fault(writer, Fault.DivisionByZero, ending).byte(END);
      }
      return writer.byte(op.localGet, 0, op.localGet, 1, opcode, END).finish();
    },
  };
}

/** Float to integer: not a number, or out of the integer's range. */
function truncation(opcode: number): Guard {
  const toLong = opcode >= 0xae;
  const index = opcode - (toLong ? 0xae : 0xa8);
  const from = index < 2 ? F32 : F64;
  const unsigned = index % 2 === 1;
  const bits = toLong ? 64 : 32;
  // Exclusive bounds: a value that truncates into range lies strictly between them.
  const high = unsigned ? 2 ** bits : 2 ** (bits - 1);
  const low = unsigned ? -1 : -(2 ** (bits - 1));
  // For the signed case -2^31 itself is fine; the next lower float that truncates out is below it.
  const lowIsFine = !unsigned;
  const double = from === F64;
  const constant = (writer: Writer, value: number): void => {
    const bytes = new Uint8Array(double ? 8 : 4);
    const view = new DataView(bytes.buffer);
    if (double) view.setFloat64(0, value, true);
    else view.setFloat32(0, value, true);
    writer.byte(double ? 0x44 : 0x43).put(bytes);
  };
  // -2147483648.9 is a double that truncates to the smallest i32; a float has no such value.
  const exactLow = lowIsFine && double && bits === 32 ? low - 1 : low;
  const strict = !lowIsFine || exactLow !== low;
  return {
    type: { params: [from], results: [toLong ? I64 : I32] },
    code: (ending) => {
      const writer = new Writer();
      writer.byte(op.localGet, 0);
      constant(writer, high);
      writer.byte(double ? 0x63 : 0x5d, op.localGet, 0);
      constant(writer, exactLow);
      writer.byte(strict ? (double ? 0x64 : 0x5e) : double ? 0x66 : 0x60, 0x71, 0x45, IF, EMPTY);
      fault(writer, Fault.NoSuchNumber, ending).byte(END);
      return writer.byte(op.localGet, 0, opcode, END).finish();
    },
  };
}

/** memory.copy and memory.fill: one instruction, but as much work as it moves; 16 bytes are one. */
function bulk(sub: number): Guard {
  return {
    type: { params: [I32, I32, I32], results: [] },
    code: (ending, fuel) => {
      const writer = new Writer();
      writer
        .byte(op.globalGet)
        .unsigned(fuel)
        .byte(op.localGet, 2, op.i32Const, 4, op.i32ShrU, op.i32Sub);
      writer.byte(op.globalSet).unsigned(fuel);
      writer.byte(op.globalGet).unsigned(fuel).byte(op.i32Const, 0, op.i32LtS, IF, EMPTY);
      fault(writer, Fault.OutOfFuel, ending).byte(END);
      writer.byte(op.localGet, 0, op.localGet, 1, op.localGet, 2, 0xfc, sub, 0);
      if (sub === 10) writer.byte(0);
      return writer.byte(END).finish();
    },
  };
}

/** The guard of an instruction, null if it needs none. */
export function guardOf(opcode: number, sub: number): Guard | null {
  if ((opcode >= 0x6d && opcode <= 0x70) || (opcode >= 0x7f && opcode <= 0x82))
    return division(opcode);
  if ((opcode >= 0xa8 && opcode <= 0xab) || (opcode >= 0xae && opcode <= 0xb1))
    return truncation(opcode);
  if (opcode === 0xfc && (sub === 10 || sub === 11)) return bulk(sub);
  return null;
}
