/**
 * Time that a header policy takes in the guest, in this process: a request's whole life, with host
 * functions that do nothing but hand over the same header map. What they cost in JavaScript is measured
 * apart and taken off.
 */
import { build } from "../../cli/build/index.ts";
import { setHeaders } from "./filters.ts";

interface Guest {
  memory: WebAssembly.Memory;
  _initialize(): void;
  proxy_on_memory_allocate(size: number): number;
  proxy_on_context_create(id: number, parent: number): void;
  proxy_on_configure(root: number, size: number): number;
  proxy_on_request_headers(id: number, count: number, ended: number): number;
  proxy_on_response_headers(id: number, count: number, ended: number): number;
  proxy_on_delete(id: number): void;
}

const { wasm } = await build(["policies/set-headers"]);
const config = new TextEncoder().encode(JSON.stringify(setHeaders("x-a", "x-b")));
let guest: Guest;

const give = (bytes: Uint8Array, out: number, outSize: number): number => {
  const at = guest.proxy_on_memory_allocate(bytes.length);
  new Uint8Array(guest.memory.buffer, at, bytes.length).set(bytes);
  const view = new DataView(guest.memory.buffer);
  view.setUint32(out, at, true);
  view.setUint32(outSize, bytes.length, true);
  return 0;
};
const ok = (): number => 0;
const special: Record<string, (...args: number[]) => number> = {
  proxy_get_buffer_bytes: (_type, _start, _length, out, size) =>
    give(config, out as number, size as number),
  proxy_get_property: () => 1,
};
const module = new WebAssembly.Module(wasm as BufferSource);
const env = Object.fromEntries(
  WebAssembly.Module.imports(module).map(({ name }) => [name, special[name] ?? ok]),
);
guest = new WebAssembly.Instance(module, { env }).exports as unknown as Guest;
guest._initialize();
guest.proxy_on_context_create(1, 0);
if (!guest.proxy_on_configure(1, config.length))
  throw new Error("the policy refused its parameters");

let next = 2;
function requests(count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const id = next++;
    guest.proxy_on_context_create(id, 1);
    guest.proxy_on_request_headers(id, 8, 1);
    guest.proxy_on_response_headers(id, 8, 1);
    guest.proxy_on_delete(id);
  }
  return ((performance.now() - start) * 1000) / count;
}

requests(200_000);
const idle = Array.from({ length: 9 }, () => requests(200_000)).sort((a, b) => a - b);
const live = Array.from({ length: 1_000 }, () => next++);
for (const id of live) {
  guest.proxy_on_context_create(id, 1);
  guest.proxy_on_request_headers(id, 8, 1);
}
const busy = Array.from({ length: 9 }, () => requests(200_000)).sort((a, b) => a - b);
console.log(
  `a request with two header writes: ${idle[4]?.toFixed(3)} µs, beside 1,000 live ones ${busy[4]?.toFixed(3)} µs; ` +
    `${guest.memory.buffer.byteLength} bytes of memory`,
);
