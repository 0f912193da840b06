/** Walks over instructions: where each starts, what it is, and the numbers behind its opcode. */
import { Reader, WasmError } from "./bytes.ts";

export interface Instruction {
  /** Offset within the code. */
  at: number;
  end: number;
  opcode: number;
  /** Second opcode behind the prefixes 0xfc and 0xfd. */
  sub: number;
  /** The first number behind the opcode: an index, a constant. */
  operand: number;
}

export const op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  end: 0x0b,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LtS: 0x48,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32ShrU: 0x76,
  refFunc: 0xd2,
} as const;

export function* instructions(code: Uint8Array): Generator<Instruction> {
  const reader = new Reader(code);
  while (!reader.done) {
    const at = reader.at;
    const opcode = reader.byte();
    let sub = -1;
    let operand = 0;
    switch (opcode) {
      case 0x02:
      case 0x03:
      case 0x04:
      case 0x06: // block types
        operand = reader.signed();
        break;
      case 0x07:
      case 0x08:
      case 0x09:
      case 0x0c:
      case 0x0d:
      case 0x10:
      case 0x12:
      case 0x18:
      case 0x20:
      case 0x21:
      case 0x22:
      case 0x23:
      case 0x24:
      case 0x25:
      case 0x26:
      case 0xd2:
        operand = reader.unsigned();
        break;
      case 0x0e: // br_table
        for (let i = reader.unsigned(); i >= 0; i--) reader.unsigned();
        break;
      case 0x11:
      case 0x13:
        operand = reader.unsigned();
        reader.unsigned();
        break;
      case 0x1c: // select with types
        for (let i = reader.unsigned(); i > 0; i--) reader.byte();
        break;
      case 0x3f:
      case 0x40:
      case 0xd0:
        reader.byte();
        break;
      case 0x41:
      case 0x42:
        operand = reader.signed();
        break;
      case 0x43:
        reader.take(4);
        break;
      case 0x44:
        reader.take(8);
        break;
      case 0xfc:
        sub = reader.unsigned();
        if (sub === 8 || sub === 10 || sub === 12 || sub === 14) {
          operand = reader.unsigned();
          reader.unsigned();
        } else if (sub === 9 || sub === 11 || sub === 13 || (sub >= 15 && sub <= 17)) {
          operand = reader.unsigned();
        } else if (sub > 17) throw new WasmError(`uses an unknown instruction (0xfc ${sub})`);
        break;
      case 0xfd:
        sub = reader.unsigned();
        vector(reader, sub);
        break;
      default:
        if (opcode >= 0x28 && opcode <= 0x3e) {
          operand = reader.unsigned();
          reader.unsigned();
        } else if (!plain(opcode)) {
          throw new WasmError(
            `uses an instruction that Envoy's V8 is not asked to run (0x${opcode.toString(16)})`,
          );
        }
    }
    yield { at, end: reader.at, opcode, sub, operand };
  }
}

function plain(opcode: number): boolean {
  return (
    opcode <= 0x01 ||
    opcode === 0x05 ||
    opcode === 0x0b ||
    opcode === 0x0f ||
    opcode === 0x19 ||
    opcode === 0x1a ||
    opcode === 0x1b ||
    opcode === 0xd1 ||
    (opcode >= 0x45 && opcode <= 0xc4)
  );
}

/** What follows the opcode of a vector instruction. */
function vector(reader: Reader, sub: number): void {
  const memory = sub <= 11 || sub === 92 || sub === 93 || (sub >= 84 && sub <= 91);
  if (memory) {
    reader.unsigned();
    reader.unsigned();
    if (sub >= 84 && sub <= 91) reader.byte();
  } else if (sub === 12 || sub === 13) {
    reader.take(16);
  } else if (sub >= 21 && sub <= 34) {
    reader.byte();
  }
}
