/**
 * Compiles one entry of `entries/` with the engine's own memory runtime and calls what it exports.
 * Each call is a callback of its own, whose memory goes at its end; `keep` makes an object in the
 * region of a chain, so that later calls that store something new into it fault as in a gateway.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { instantiate, type ASUtil } from "@assemblyscript/loader";
import * as asc from "assemblyscript/asc";
import { harden } from "../../../cli/build/harden/index.ts";
import type { Program } from "../../../cli/build/syntax/tree.ts";
import { expandTemplates } from "../../../cli/build/syntax/templates.ts";
import { choosePasses } from "../../../cli/build/optimize.ts";
import { parse } from "../../../cli/build/wasm/module.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

export type Argument = number | bigint | boolean | string | Uint8Array | Kept;

/** An object that lives as long as a chain. */
export class Kept {
  constructor(readonly pointer: number) {}
}

export interface Std {
  number(name: string, ...args: Argument[]): number;
  text(name: string, ...args: Argument[]): string | null;
  bytes(name: string, ...args: Argument[]): Uint8Array | null;
  keep(name: string, ...args: Argument[]): Kept | null;
  /** Fuel left after the last call, of an entry that is metered. */
  left(): number;
  readonly size: number;
}

type Exports = ASUtil & Record<string, (...args: (number | bigint)[]) => number>;

/** What the build changes before it compiles, see `cli/build/compile.ts`. */
class AsTheBuild {
  declare program: Program;

  afterParse(): void {
    this.program.options.stackSize = 0;
    this.program.options.runtime = 0;
    this.program.module.useShadowStack = false;
    expandTemplates(this.program);
  }

  afterCompile(): void {
    choosePasses(this.program, "release");
  }
}

async function compile(source: string): Promise<Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      relative(root, source),
      "--outFile",
      "module.wasm",
      "--runtime",
      "sdk/engine/runtime/start",
      "--exportRuntime",
      "--use",
      "abort=test/sdk/std/entries/regions/stop",
      "-O3",
      "--shrinkLevel",
      "1",
    ],
    {
      transforms: [AsTheBuild],
      readFile: (name: string, base: string) => {
        if (name.endsWith("asconfig.json")) return null;
        try {
          return readFileSync(join(base === "." ? root : join(root, base), name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (name: string, contents: Uint8Array | string) => {
        if (typeof contents !== "string") files.set(name, contents);
      },
      listFiles: () => [],
    } as unknown as Parameters<typeof asc.main>[1],
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const module = files.get("module.wasm");
  if (!module) throw new Error("the compiler wrote no module");
  return module;
}

/** Compiled once for all instances of a test file. */
const modules = new Map<string, Promise<Uint8Array>>();

/** `metered`: hardened as the build hardens a module, for entries that export `fuel` and `onFault`. */
export async function load(entry: string, metered = false): Promise<Std> {
  const source = join(root, "test/sdk/std/entries", `${entry}.ts`);
  const key = `${source} ${metered}`;
  let made = modules.get(key);
  if (!made) {
    made = compile(source).then((bytes) => (metered ? harden(parse(bytes)).bytes : bytes));
    modules.set(key, made);
  }
  const module = await made;
  const instance = await instantiate(module as Uint8Array<ArrayBuffer>, {});
  const exports = instance.exports as unknown as Exports;
  const bytesId = exports["bytesId"]?.() ?? 0;

  function give(value: Argument): number | bigint {
    if (typeof value === "string") return exports.__newString(value);
    if (value instanceof Kept) return value.pointer;
    if (value instanceof Uint8Array) return exports.__newArray(bytesId, value);
    return typeof value === "boolean" ? Number(value) : value;
  }

  function size(args: Argument[]): number {
    return args.reduce<number>(
      (sum, value) =>
        sum + (typeof value === "string" || value instanceof Uint8Array ? value.length : 0),
      0,
    );
  }

  function call<T>(name: string, args: Argument[], take: (result: number) => T): T {
    const target = exports[name];
    if (!target) throw new Error(`the entry ${entry} exports no ${name}`);
    exports["beginCall"]?.(size(args));
    const result = take(target(...args.map(give)));
    exports["endCall"]?.();
    return result;
  }

  return {
    size: module.length,
    left: () => exports["fuelLeft"]?.() ?? 0,
    number: (name, ...args) => call(name, args, (result) => result),
    text: (name, ...args) =>
      call(name, args, (result) => (result ? exports.__getString(result) : null)),
    bytes: (name, ...args) =>
      call(name, args, (result) => (result ? exports.__getUint8Array(result).slice() : null)),
    keep: (name, ...args) => {
      exports["beginCall"]?.(0);
      exports["beginChain"]?.();
      const pointer = exports[name]?.(...args.map(give)) ?? 0;
      exports["endChain"]?.();
      exports["endCall"]?.();
      return pointer ? new Kept(pointer) : null;
    },
  };
}

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replace(/\s+/g, ""), "hex"));
export const toHex = (bytes: Uint8Array | null): string | null =>
  bytes && Buffer.from(bytes).toString("hex");

/** True if `run(2 * n)` takes at most three times as long as `run(n)`; the best of several tries. */
export function isLinear(n: number, run: (n: number) => void): boolean {
  const time = (size: number): number => {
    const start = performance.now();
    run(size);
    return performance.now() - start;
  };
  run(n);
  for (let round = 0; round < 15; round++) {
    const once = Math.min(time(n), time(n), time(n));
    const twice = Math.min(time(2 * n), time(2 * n), time(2 * n));
    if (twice <= 3 * once + 0.5) return true;
  }
  return false;
}
