/**
 * Makes a module that cannot hang or kill the worker that runs it: every loop is metered, recursion has
 * a depth, what traps is guarded, and every fault is an exception that ends one request. Works on the
 * modules of this build and on foreign ones.
 */
import { instructions, op } from "../wasm/instructions.ts";
import { Reader, Writer } from "../wasm/bytes.ts";
import { I32, encode, type FunctionType, type WasmModule } from "../wasm/module.ts";
import { STACK_BUDGET, edge, foreignFault } from "./edges.ts";
import { graph } from "./graph.ts";
import { Fault, fault, guardOf, type Ending } from "./guards.ts";
import { meter, rewrite, spending, type Rewritten } from "./rewrite.ts";

/** Pages of 64 KiB that a module may have at most when it says nothing itself. */
const MOST_PAGES = 4096;
/** Estimated bytes of a stack frame: fixed part, and each parameter or local. */
const FRAME = 128;
const SLOT = 16;

export interface Hardened {
  bytes: Uint8Array;
  /** New offset in the file of an offset in the old file; -1 for what is not an instruction. */
  locate: (offset: number) => number;
  /** Offsets in the new file at which the code of a source ends. */
  ends: number[];
  meters: number;
}

const sendLocalResponse = "proxy_send_local_response";

export interface HardenOptions {
  /**
   * What a fault of a foreign module is. A trap ends the worker's VM, which Envoy makes anew. `catch`
   * answers 500 to the request and goes on with the VM as the fault left it: only for modules whose
   * code can be left in the middle (not for Rust's, which stay locked). Ours always catch.
   */
  faults?: "trap" | "catch";
}

export function harden(module: WasmModule, options: HardenOptions = {}): Hardened {
  const imported = module.imports.filter((one) => one.kind === 0).length;
  const own = module.bodies.length;
  const builder = new Builder(module, imported);
  const calls = graph(module);
  const ours = exported(module, "onFault", 0) !== null && exported(module, "fuel", 3) !== null;
  const fuel = ours ? (exported(module, "fuel", 3) as number) : builder.global(0x7fffffff);
  // Start-up runs before the engine fills anything up.
  const init = new Writer().byte(op.i32Const).signed(0x7fffffff).byte(op.end).finish();
  const start = module.globals[fuel - module.imports.filter((one) => one.kind === 3).length];
  if (start) start.init = init;
  const depth = builder.global(STACK_BUDGET);
  const catches = ours || options.faults === "catch";
  const tag = catches ? builder.tag() : null;
  const note = ours ? exported(module, "noteFault", 0) : null;
  const ending: Ending = { tag, note };

  let added = 0;
  let answering = module.imports.findIndex((one) => one.name === sendLocalResponse);
  if (!ours && catches && answering < 0) {
    const type = builder.type({ params: Array<number>(8).fill(I32), results: [I32] });
    module.imports.push({
      module: "env",
      name: sendLocalResponse,
      kind: 0,
      type,
      description: new Writer().unsigned(type).finish(),
    });
    answering = module.imports.length - 1;
    added = 1;
  }
  const answeringIndex = module.imports.slice(0, answering).filter((one) => one.kind === 0).length;
  const move = (index: number): number => (index < imported ? index : index + added);
  builder.shift = added;
  if (added) moveIndices(module, move);

  const spend = builder.fn({ params: [I32], results: [] }, [], spending(fuel, ending));
  const guards = new Map<string, number>();
  const guard = (opcode: number, sub: number): number => {
    const made = guardOf(opcode, sub);
    if (!made) return -1;
    const key = `${opcode}.${sub}`;
    const known = guards.get(key);
    if (known !== undefined) return known;
    const index = builder.fn(made.type, [], made.code(ending, fuel));
    guards.set(key, index);
    return index;
  };

  const placed: { body: number; old: number; moves: Rewritten["moves"] }[] = [];
  const originals = module.bodies.slice(0, own);
  let meters = 0;
  originals.forEach((body, i) => {
    const index = imported + i;
    const recursive = calls.recursive[index] ?? false;
    const metered = (calls.metered[index] ?? false) && !recursive && index !== note;
    const done = rewrite(body.code, metered, { fuel, ending, graph: calls, move, guard, spend });
    for (const { opcode } of instructions(body.code)) if (opcode === op.loop) meters++;
    let at = i;
    if (recursive) {
      const type = module.types[module.functions[i] as number] as FunctionType;
      const inner = builder.fn(type, body.locals, done.code);
      at = inner - imported - added;
      const locals = body.locals.reduce((sum, run) => sum + run.count, type.params.length);
      module.bodies[i] = {
        locals: [],
        start: -1,
        code: counted(type, inner, FRAME + SLOT * locals),
      };
    } else {
      module.bodies[i] = { ...body, code: done.code };
    }
    placed.push({ body: at, old: body.start, moves: done.moves });
  });

  /** A function that may come back to itself: its frame is taken from the depth while it runs. */
  function counted(type: FunctionType, inner: number, frame: number): Uint8Array {
    const writer = new Writer();
    writer.byte(op.globalGet).unsigned(depth).byte(op.i32Const).signed(frame).byte(op.i32Sub);
    writer.byte(op.globalSet).unsigned(depth);
    writer.byte(op.globalGet).unsigned(depth).byte(op.i32Const, 0, op.i32LtS, op.if, 0x40);
    fault(writer, Fault.TooDeep, ending).byte(op.end);
    meter(writer, 32, fuel, ending);
    type.params.forEach((_, i) => writer.byte(op.localGet).unsigned(i));
    writer.byte(op.call).unsigned(inner);
    writer.byte(op.globalGet).unsigned(depth).byte(op.i32Const).signed(frame).byte(op.i32Add);
    return writer.byte(op.globalSet).unsigned(depth).byte(op.end).finish();
  }

  const onFault = ours
    ? move(exported(module, "onFault", 0) as number)
    : catches
      ? builder.fn({ params: [I32], results: [] }, [], foreignFault(answeringIndex))
      : -1;
  const stackPointer = ours ? null : stackPointerOf(module);
  for (const one of module.exports) {
    if (
      one.kind !== 0 ||
      !one.name.startsWith("proxy_on_") ||
      one.name === "proxy_on_memory_allocate"
    )
      continue;
    const body = originals[one.index - imported - added];
    if (body && body.code.length <= 4) continue; // nothing but a constant
    // Only where a request can still be answered; elsewhere a fault is left to end the VM.
    const answerable = ours || /^proxy_on_request_(headers|body|trailers)$/.test(one.name);
    const type = builder.typeOf(one.index);
    const { locals, code } = edge({
      callee: one.index,
      type,
      tag: tag ?? -1,
      depth,
      fuel,
      stackPointer,
      ours,
      onFault,
      catches: catches && answerable,
      name: one.name,
    });
    one.index = builder.fn(type, locals ? [{ count: locals, type: I32 }] : [], code);
  }
  if (ours) {
    const inner = ["onFault", "fuel", "noteFault"];
    module.exports = module.exports.filter((one) => !inner.includes(one.name));
  }
  if (module.memory && module.memory.most === null) module.memory.most = MOST_PAGES;
  const { bytes, starts } = encode(module);
  return {
    bytes,
    meters,
    ends: placed.map(
      ({ body }) => (starts[body] as number) + (module.bodies[body]?.code.length ?? 0),
    ),
    locate: locator(
      placed,
      starts,
      originals.map((one) => one.code.length),
    ),
  };
}

function exported(module: WasmModule, name: string, kind: number): number | null {
  return module.exports.find((one) => one.name === name && one.kind === kind)?.index ?? null;
}

/** Where compilers of other languages keep their stack pointer: the first mutable 32-bit global. */
function stackPointerOf(module: WasmModule): number | null {
  const imported = module.imports.filter((one) => one.kind === 3).length;
  const at = module.globals.findIndex((one) => one.mutable && one.type === I32);
  return at < 0 ? null : imported + at;
}

/** Adds `move` to the function indices that stand outside of bodies. */
function moveIndices(module: WasmModule, move: (index: number) => number): void {
  for (const one of module.exports) if (one.kind === 0) one.index = move(one.index);
  if (module.start !== null) module.start = move(module.start);
  if (module.elements) module.elements = moveElements(module.elements, move);
  // Names would be off by one now; without them a backtrace still has the offsets.
  module.customs = module.customs.filter((one) => one.name !== "name");
}

function moveElements(bytes: Uint8Array, move: (index: number) => number): Uint8Array {
  const reader = new Reader(bytes);
  const writer = new Writer();
  const segments = reader.unsigned();
  writer.unsigned(segments);
  for (let i = 0; i < segments; i++) {
    const flags = reader.unsigned();
    writer.unsigned(flags);
    if (!(flags & 1)) {
      if (flags & 2) writer.unsigned(reader.unsigned());
      for (const { opcode, end } of instructions(bytes.subarray(reader.at))) {
        if (opcode !== op.end) continue;
        writer.put(reader.take(end));
        break;
      }
    }
    if (flags & 3) writer.byte(reader.byte());
    const entries = reader.unsigned();
    writer.unsigned(entries);
    for (let e = 0; e < entries; e++) writer.unsigned(move(reader.unsigned()));
  }
  return writer.finish();
}

/** Adds types, globals and functions at the end of their index spaces, so that nothing moves. */
class Builder {
  shift = 0;

  constructor(
    private readonly module: WasmModule,
    private readonly imported: number,
  ) {}

  type(wanted: FunctionType): number {
    const same = (a: number[], b: number[]): boolean => a.join() === b.join();
    const known = this.module.types.findIndex(
      (one) => same(one.params, wanted.params) && same(one.results, wanted.results),
    );
    return known >= 0 ? known : this.module.types.push(wanted) - 1;
  }

  global(value: number): number {
    const imported = this.module.imports.filter((one) => one.kind === 3).length;
    const init = new Writer().byte(op.i32Const).signed(value).byte(op.end).finish();
    return imported + this.module.globals.push({ type: I32, mutable: true, init }) - 1;
  }

  tag(): number {
    const imported = this.module.imports.filter((one) => one.kind === 4).length;
    return imported + this.module.tags.push(this.type({ params: [I32], results: [] })) - 1;
  }

  fn(type: FunctionType, locals: { count: number; type: number }[], code: Uint8Array): number {
    this.module.functions.push(this.type(type));
    this.module.bodies.push({ locals, start: -1, code });
    return this.imported + this.shift + this.module.functions.length - 1;
  }

  typeOf(index: number): FunctionType {
    const own = index - this.imported - this.shift;
    const imports = this.module.imports.filter((one) => one.kind === 0);
    const type = own >= 0 ? this.module.functions[own] : imports[index]?.type;
    return this.module.types[type as number] as FunctionType;
  }
}

function locator(
  placed: readonly { body: number; old: number; moves: [number, number][] }[],
  starts: readonly number[],
  lengths: readonly number[],
): (offset: number) => number {
  const sorted = placed
    .map((one, i) => ({ ...one, length: lengths[i] as number }))
    .sort((a, b) => a.old - b.old);
  return (offset) => {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((sorted[middle] as { old: number }).old <= offset) low = middle;
      else high = middle - 1;
    }
    const one = sorted[low];
    if (!one || offset < one.old || offset >= one.old + one.length) return -1;
    const inside = offset - one.old;
    let from = 0;
    let to = one.moves.length - 1;
    while (from < to) {
      const middle = (from + to + 1) >> 1;
      if ((one.moves[middle] as [number, number])[0] <= inside) from = middle;
      else to = middle - 1;
    }
    const [, moved] = one.moves[from] as [number, number];
    return (starts[one.body] as number) + moved;
  };
}
