/** A module taken apart into what the build reads or changes; everything else stays as bytes. */
import { Reader, WasmError, Writer } from "./bytes.ts";

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;

export interface FunctionType {
  params: number[];
  results: number[];
}

export interface Import {
  module: string;
  name: string;
  /** 0 function, 1 table, 2 memory, 3 global, 4 tag. */
  kind: number;
  /** Type index of a function; for the rest, the description as it stands. */
  type: number;
  description: Uint8Array;
}

export interface Export {
  name: string;
  kind: number;
  index: number;
}

export interface Global {
  type: number;
  mutable: boolean;
  /** Initial value, an expression with its end. */
  init: Uint8Array;
}

export interface Body {
  /** Runs of locals: how many, of which type. */
  locals: { count: number; type: number }[];
  /** Where the instructions start in the original file, and the instructions with the final `end`. */
  start: number;
  code: Uint8Array;
}

export interface Custom {
  name: string;
  bytes: Uint8Array;
}

export interface WasmModule {
  types: FunctionType[];
  imports: Import[];
  /** Type index of each function of the module. */
  functions: number[];
  table: Uint8Array | null;
  /** Pages. */
  memory: { least: number; most: number | null } | null;
  tags: number[];
  globals: Global[];
  exports: Export[];
  start: number | null;
  elements: Uint8Array | null;
  dataCount: Uint8Array | null;
  bodies: Body[];
  data: Uint8Array | null;
  customs: Custom[];
}

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export function parse(bytes: Uint8Array): WasmModule {
  if (MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new WasmError("is not a WebAssembly module");
  const module: WasmModule = {
    types: [],
    imports: [],
    functions: [],
    table: null,
    memory: null,
    tags: [],
    globals: [],
    exports: [],
    start: null,
    elements: null,
    dataCount: null,
    bodies: [],
    data: null,
    customs: [],
  };
  const reader = new Reader(bytes, 8);
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.unsigned();
    const at = reader.at;
    const content = reader.take(size);
    section(module, id, new Reader(bytes, at, at + size), content);
  }
  return module;
}

function list<T>(reader: Reader, item: () => T): T[] {
  return Array.from({ length: reader.unsigned() }, item);
}

function section(module: WasmModule, id: number, reader: Reader, content: Uint8Array): void {
  switch (id) {
    case 0: {
      const name = reader.name();
      module.customs.push({ name, bytes: reader.take(reader.end - reader.at) });
      return;
    }
    case 1:
      module.types = list(reader, () => {
        const form = reader.byte();
        if (form !== 0x60)
          throw new WasmError(`uses a type of a later WebAssembly (0x${form.toString(16)})`);
        return {
          params: list(reader, () => reader.byte()),
          results: list(reader, () => reader.byte()),
        };
      });
      return;
    case 2:
      module.imports = list(reader, () => readImport(reader));
      return;
    case 3:
      module.functions = list(reader, () => reader.unsigned());
      return;
    case 4:
      module.table = content;
      return;
    case 5: {
      if (reader.unsigned() !== 1) throw new WasmError("has more than one memory");
      const flags = reader.byte();
      if (flags > 1)
        throw new WasmError("has a shared or 64-bit memory, which Envoy does not load");
      const least = reader.unsigned();
      module.memory = { least, most: flags & 1 ? reader.unsigned() : null };
      return;
    }
    case 6:
      module.globals = list(reader, () => {
        const type = reader.byte();
        const mutable = reader.byte() === 1;
        const from = reader.at;
        skipConstant(reader);
        return { type, mutable, init: reader.bytes.slice(from, reader.at) };
      });
      return;
    case 7:
      module.exports = list(reader, () => ({
        name: reader.name(),
        kind: reader.byte(),
        index: reader.unsigned(),
      }));
      return;
    case 8:
      module.start = reader.unsigned();
      return;
    case 9:
      module.elements = content;
      return;
    case 10:
      module.bodies = list(reader, () => {
        const end = reader.unsigned() + reader.at;
        const locals = list(reader, () => ({ count: reader.unsigned(), type: reader.byte() }));
        const start = reader.at;
        return { locals, start, code: reader.take(end - start) };
      });
      return;
    case 11:
      module.data = content;
      return;
    case 12:
      module.dataCount = content;
      return;
    case 13:
      module.tags = list(reader, () => (reader.byte(), reader.unsigned()));
      return;
    default:
      throw new WasmError(`has an unknown section (${id})`);
  }
}

function readImport(reader: Reader): Import {
  const module = reader.name();
  const name = reader.name();
  const kind = reader.byte();
  const from = reader.at;
  let type = -1;
  if (kind === 0) type = reader.unsigned();
  else if (kind === 3) reader.take(2);
  else if (kind === 4) type = (reader.byte(), reader.unsigned());
  else if (kind === 1 || kind === 2) {
    if (kind === 1) reader.byte();
    const limits = reader.byte();
    reader.unsigned();
    if (limits & 1) reader.unsigned();
  } else throw new WasmError(`imports something of an unknown kind (${kind})`);
  return { module, name, kind, type, description: reader.bytes.slice(from, reader.at) };
}

/** Past a constant expression and its end. */
function skipConstant(reader: Reader): void {
  for (;;) {
    const opcode = reader.byte();
    if (opcode === 0x0b) return;
    if (opcode === 0x41 || opcode === 0x42) reader.signed();
    else if (opcode === 0x43) reader.take(4);
    else if (opcode === 0x44) reader.take(8);
    else if (opcode === 0x23 || opcode === 0xd2) reader.unsigned();
    else if (opcode === 0xd0) reader.byte();
    else if (opcode === 0xfd) reader.take(17);
    else if (!(opcode >= 0x6a && opcode <= 0x7e))
      throw new WasmError("has an unknown initial value");
  }
}

export interface Encoded {
  bytes: Uint8Array;
  /** Where each body's instructions start in the file. */
  starts: number[];
}

export function encode(module: WasmModule): Encoded {
  const out = new Writer().byte(...MAGIC);
  const starts: number[] = [];
  const put = (id: number, content: Uint8Array): void => {
    out.byte(id).unsigned(content.length).put(content);
  };
  const items = <T>(
    id: number,
    all: readonly T[],
    each: (writer: Writer, item: T) => void,
  ): void => {
    if (!all.length) return;
    const writer = new Writer().unsigned(all.length);
    for (const item of all) each(writer, item);
    put(id, writer.finish());
  };
  items(1, module.types, (writer, { params, results }) => {
    writer
      .byte(0x60)
      .unsigned(params.length)
      .byte(...params);
    writer.unsigned(results.length).byte(...results);
  });
  items(2, module.imports, (writer, one) => {
    writer.name(one.module).name(one.name).byte(one.kind).put(one.description);
  });
  items(3, module.functions, (writer, type) => writer.unsigned(type));
  if (module.table) put(4, module.table);
  if (module.memory) {
    const { least, most } = module.memory;
    const writer = new Writer().byte(1, most === null ? 0 : 1).unsigned(least);
    if (most !== null) writer.unsigned(most);
    put(5, writer.finish());
  }
  items(13, module.tags, (writer, type) => writer.byte(0).unsigned(type));
  items(6, module.globals, (writer, { type, mutable, init }) =>
    writer.byte(type, mutable ? 1 : 0).put(init),
  );
  items(7, module.exports, (writer, one) =>
    writer.name(one.name).byte(one.kind).unsigned(one.index),
  );
  if (module.start !== null) put(8, new Writer().unsigned(module.start).finish());
  if (module.elements) put(9, module.elements);
  if (module.dataCount) put(12, module.dataCount);
  if (module.bodies.length) {
    const code = new Writer().unsigned(module.bodies.length);
    for (const { locals, code: instructions } of module.bodies) {
      const head = new Writer().unsigned(locals.length);
      for (const { count, type } of locals) head.unsigned(count).byte(type);
      code.unsigned(head.size + instructions.length).put(head.finish());
      starts.push(code.size);
      code.put(instructions);
    }
    const before = out.size + 1 + new Writer().unsigned(code.size).size;
    put(10, code.finish());
    starts.forEach((start, i) => (starts[i] = start + before));
  }
  if (module.data) put(11, module.data);
  for (const { name, bytes } of module.customs) {
    put(0, new Writer().name(name).put(bytes).finish());
  }
  return { bytes: out.finish(), starts };
}
