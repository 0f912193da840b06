/** A compiled module, checked for what a host needs before it can be asked anything. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { SimulatorError } from "../errors.ts";
import { hostcallNames } from "../hostcalls/index.ts";
import { limitMemory } from "./limit-memory.ts";
import { SourceMap } from "./source-map.ts";

export interface WasmModule {
  name: string;
  compiled: WebAssembly.Module;
  /** Present when a `.wasm.map` was given or lies beside the file. */
  sourceMap: SourceMap | null;
}

export type ModuleSource = string | Uint8Array | { bytes: Uint8Array; map?: string; name?: string };

const abis = ["proxy_abi_version_0_2_1", "proxy_abi_version_0_2_0"];

/** `memoryBytes` bounds the memory of its VMs below what the module asks for. */
export async function loadModule(source: ModuleSource, memoryBytes?: number): Promise<WasmModule> {
  const { bytes, name, map } = await read(source);
  return compile(memoryBytes === undefined ? bytes : limitMemory(bytes, memoryBytes), name, map);
}

async function read(
  source: ModuleSource,
): Promise<{ bytes: Uint8Array; name: string; map?: string }> {
  if (typeof source === "string") {
    const bytes = await readFile(source).catch(() => {
      throw new SimulatorError(`${source}: no such module`);
    });
    const map = existsSync(`${source}.map`) ? await readFile(`${source}.map`, "utf8") : undefined;
    return { bytes, name: basename(source), ...(map !== undefined && { map }) };
  }
  if (source instanceof Uint8Array) return { bytes: source, name: "module" };
  return { name: "module", ...source };
}

async function compile(bytes: Uint8Array, name: string, map?: string): Promise<WasmModule> {
  const refuse = (why: string): never => {
    throw new SimulatorError(`${name}: ${why}`);
  };
  if (hasStartSection(bytes))
    refuse(
      "has a start section, and a hostcall in there ends the whole Envoy process; build with --exportStart _initialize",
    );
  const compiled = await compiledOf(bytes).catch((error: Error) =>
    refuse(`not a valid wasm module: ${error.message}`),
  );
  const exported = new Set(WebAssembly.Module.exports(compiled).map((one) => one.name));
  if (!abis.some((marker) => exported.has(marker))) refuse(wrongAbi(exported));
  if (!exported.has("memory")) refuse("does not export its memory");
  if (!exported.has("malloc") && !exported.has("proxy_on_memory_allocate"))
    refuse(
      "exports neither malloc nor proxy_on_memory_allocate, so a host can return nothing to it",
    );
  for (const { module, name: wanted, kind } of WebAssembly.Module.imports(compiled)) {
    if (kind !== "function") refuse(`imports a ${kind}, ${module}.${wanted}, which no host has`);
    if (!hostcallNames.has(`${module}.${wanted}`))
      refuse(`missing import ${module}.${wanted}: ${hint(wanted)}`);
  }
  return { name, compiled, sourceMap: map === undefined ? null : new SourceMap(map) };
}

/** The same array is compiled once, for a test that loads it case by case. */
const compilations = new WeakMap<Uint8Array, Promise<WebAssembly.Module>>();

function compiledOf(bytes: Uint8Array): Promise<WebAssembly.Module> {
  const known = compilations.get(bytes);
  if (known) return known;
  const compiling = WebAssembly.compile(bytes as BufferSource);
  compilations.set(bytes, compiling);
  return compiling;
}

function wrongAbi(exported: Set<string>): string {
  const marker = [...exported].find((name) => name.startsWith("proxy_abi_version_"));
  if (!marker) return "exports no proxy_abi_version_0_2_1, so it is not a proxy-wasm module";
  const version = marker.slice("proxy_abi_version_".length).replaceAll("_", ".");
  return `speaks proxy-wasm ABI ${version}; the simulator speaks 0.2.0 and 0.2.1`;
}

function hint(wanted: string): string {
  if (wanted === "abort") return "build with --use abort=… so that no abort is imported";
  if (wanted === "proxy_clear_route_cache") return "from ABI 0.2.0 on it is a foreign function";
  return "Envoy has no such hostcall and refuses the module";
}

/** Sections are an id and a size in LEB128, behind 8 bytes of magic and version. */
function hasStartSection(bytes: Uint8Array): boolean {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (id === 8) return true;
    at += size;
  }
  return false;
}
