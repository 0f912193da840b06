/**
 * Who calls whom, which functions can come back to themselves, and what a call is counted as. Short
 * functions have no meter of their own: they are counted where they are called.
 */
import { Reader, WasmError } from "../wasm/bytes.ts";
import { instructions, op } from "../wasm/instructions.ts";
import type { WasmModule } from "../wasm/module.ts";

/** Instructions that a call of the host is counted as: 0.1 to 0.7 microseconds. */
const HOST_CALL = 1000;
/** A function of no more instructions, callees included, is counted by its callers if it has no loop. */
const SHORT = 96;

/** By function index of the module, imports included. */
export interface Graph {
  recursive: boolean[];
  /** What a call of it adds to the caller's count. */
  price: number[];
  /** True if it counts what it does itself. */
  metered: boolean[];
}

export function graph(module: WasmModule): Graph {
  const imported = module.imports.filter((one) => one.kind === 0).length;
  const count = imported + module.functions.length;
  const sites = module.bodies.map(({ code }) => {
    const calls: number[] = [];
    let own = 0;
    let indirect = false;
    let loops = false;
    for (const { opcode, operand } of instructions(code)) {
      own++;
      if (opcode === op.call || opcode === op.returnCall) calls.push(operand);
      if (opcode === op.callIndirect || opcode === 0x13) indirect = true;
      if (opcode === op.loop) loops = true;
    }
    return { calls, own, indirect, loops };
  });
  // Any function whose address is taken may be behind an indirect call.
  const reachable = addressTaken(module);
  const edges = Array.from({ length: count }, (_, i) => {
    const site = sites[i - imported];
    if (!site) return [];
    return site.indirect ? [...site.calls, ...reachable] : site.calls;
  });
  const recursive = components(edges);
  const metered = new Array<boolean>(count).fill(false);
  const price = new Array<number>(count).fill(-1);
  /** What one call costs, its callees' included; whoever costs more than `SHORT` counts itself. */
  const priceOf = (i: number): number => {
    if ((price[i] as number) >= 0) return price[i] as number;
    const site = sites[i - imported];
    if (!site) return (price[i] = HOST_CALL);
    if (recursive[i]) return (price[i] = 1);
    const whole = site.calls.reduce((sum, callee) => sum + priceOf(callee), site.own);
    metered[i] = site.loops || site.indirect || whole > SHORT;
    return (price[i] = metered[i] ? 1 : whole);
  };
  for (let i = 0; i < count; i++) priceOf(i);
  return { recursive, price, metered };
}

/** Functions that stand in tables: what an indirect call can reach. */
function addressTaken(module: WasmModule): number[] {
  if (!module.elements) return [];
  const reader = new Reader(module.elements);
  const found = new Set<number>();
  for (let segments = reader.unsigned(); segments > 0; segments--) {
    const flags = reader.unsigned();
    if (flags & 4)
      throw new WasmError("has table entries that are expressions, which no known compiler emits");
    if (!(flags & 1)) {
      if (flags & 2) reader.unsigned();
      reader.take(constantLength(reader.bytes.subarray(reader.at)));
    }
    if (flags & 3) reader.byte();
    for (let entries = reader.unsigned(); entries > 0; entries--) found.add(reader.unsigned());
  }
  return [...found];
}

/** Bytes of the constant expression at the start of `code`, its end included. */
function constantLength(code: Uint8Array): number {
  for (const { opcode, end } of instructions(code)) if (opcode === op.end) return end;
  throw new WasmError("has a table entry without an end");
}

/** Which functions are in a cycle: Tarjan's strongly connected components, without recursion. */
function components(edges: readonly (readonly number[])[]): boolean[] {
  const index = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const onStack = new Uint8Array(edges.length);
  const recursive = new Array<boolean>(edges.length).fill(false);
  const stack: number[] = [];
  let next = 0;
  for (let root = 0; root < edges.length; root++) {
    if (index[root] !== -1) continue;
    const work: [number, number][] = [[root, 0]];
    while (work.length) {
      const frame = work[work.length - 1] as [number, number];
      const [node] = frame;
      if (frame[1] === 0) {
        index[node] = low[node] = next++;
        stack.push(node);
        onStack[node] = 1;
      }
      const targets = edges[node] as readonly number[];
      if (frame[1] < targets.length) {
        const target = targets[frame[1]++] as number;
        if (target === node) recursive[node] = true;
        if (index[target] === -1) work.push([target, 0]);
        else if (onStack[target])
          low[node] = Math.min(low[node] as number, index[target] as number);
        continue;
      }
      work.pop();
      const parent = work[work.length - 1]?.[0];
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number);
      if (low[node] === index[node]) {
        const members: number[] = [];
        for (let member = -1; member !== node;) {
          member = stack.pop() as number;
          onStack[member] = 0;
          members.push(member);
        }
        if (members.length > 1) for (const member of members) recursive[member] = true;
      }
    }
  }
  return recursive;
}
