/**
 * The smallest wasm filter that shows which module served a request: it sets the response header `x-tiny`. It refuses
 * to be configured with seven bytes, for example `refuse!`.
 */
import { compileString } from "assemblyscript/asc";

const source = (mark: string, refusedSize = 7) => `
@external("env", "proxy_replace_header_map_value")
declare function replace(map: i32, key: usize, keySize: usize, value: usize, valueSize: usize): i32;
const key = String.UTF8.encode("x-tiny");
const value = String.UTF8.encode("${mark}");
export function proxy_abi_version_0_2_1(): void {}
export function malloc(size: usize): usize { return heap.alloc(size); }
export function proxy_on_context_create(id: i32, parent: i32): void {}
export function proxy_on_vm_start(root: i32, size: i32): i32 { return 1; }
export function proxy_on_configure(root: i32, size: i32): i32 { return size == ${refusedSize} ? 0 : 1; }
export function proxy_on_response_headers(id: i32, count: i32, end: i32): i32 {
  replace(2, changetype<usize>(key), key.byteLength, changetype<usize>(value), value.byteLength);
  return 0;
}
export function proxy_on_done(id: i32): i32 { return 1; }
`;

/**
 * A filter that sends every request to the upstream definition of that name, as a policy does: it sets the header and has
 * Envoy choose the route again.
 */
export const choosingFilter = (upstream: string): Promise<Uint8Array> =>
  compileFilter(`
@external("env", "proxy_replace_header_map_value")
declare function replace(map: i32, key: usize, keySize: usize, value: usize, valueSize: usize): i32;
@external("env", "proxy_call_foreign_function")
declare function foreign(name: usize, size: usize, data: usize, dataSize: usize, out: usize, outSize: usize): i32;
const key = String.UTF8.encode("x-target-upstream");
const value = String.UTF8.encode("${upstream}");
const clear = String.UTF8.encode("clear_route_cache");
const out = heap.alloc(8);
export function proxy_abi_version_0_2_1(): void {}
export function malloc(size: usize): usize { return heap.alloc(size); }
export function proxy_on_context_create(id: i32, parent: i32): void {}
export function proxy_on_vm_start(root: i32, size: i32): i32 { return 1; }
export function proxy_on_configure(root: i32, size: i32): i32 { return 1; }
export function proxy_on_request_headers(id: i32, count: i32, end: i32): i32 {
  replace(0, changetype<usize>(key), key.byteLength, changetype<usize>(value), value.byteLength);
  foreign(changetype<usize>(clear), clear.byteLength, 0, 0, out, out + 4);
  return 0;
}
export function proxy_on_done(id: i32): i32 { return 1; }
`);

export const tinyFilter = (mark = "tiny"): Promise<Uint8Array> => compileFilter(source(mark));

async function compileFilter(source: string): Promise<Uint8Array> {
  const options = { runtime: "stub", exportStart: "_initialize", use: ["abort="] };
  const { binary, stderr } = await compileString(source, options);
  if (!binary) throw new Error(stderr.toString());
  return binary;
}

/** The same bytes with a manifest, as the build appends it. */
export function withManifest(bytes: Uint8Array, manifest: object): Uint8Array {
  const name = Buffer.from("sluice.manifest");
  const content = Buffer.from(JSON.stringify(manifest));
  const payload = Buffer.concat([leb(name.length), name, content]);
  return new Uint8Array(Buffer.concat([bytes, Buffer.from([0]), leb(payload.length), payload]));
}

function leb(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (rest <= 0x7f) return Buffer.from(bytes);
  }
}

/** A module that says it has one policy, `tiny` v1, which takes any parameters, and the feed. */
export const tinyModule = async (mark = "tiny", extra: object[] = []): Promise<Uint8Array> =>
  withManifest(await tinyFilter(mark), {
    feed: true,
    policies: [
      { name: "tiny", version: "1.0.0", phases: [], parameters: tinyParameters },
      ...extra,
    ],
  });

/** A module that cannot be configured as the gateway does it, with two bytes. */
export const stubbornModule = async (): Promise<Uint8Array> =>
  withManifest(await compileFilter(source("stubborn", 2)), {
    policies: [{ name: "tiny", version: "1.0.0", parameters: tinyParameters }],
  });

const tinyParameters = {
  type: "object",
  additionalProperties: false,
  properties: { level: { type: "integer", minimum: 1 } },
};
