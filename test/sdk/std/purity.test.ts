/** What holds for every file of the standard library, because a policy takes it in unseen. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as asc from "assemblyscript/asc";
import { beforeAll, describe, expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const files = readdirSync(join(root, "sdk/std"), { recursive: true, withFileTypes: true })
  .filter((one) => one.isFile() && one.name.endsWith(".ts"))
  .map((one) => relative(root, join(one.parentPath, one.name)))
  .sort();

/** File → what it imports, as paths from the root. */
const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(root, file), "utf8").replace(/\/\*[^]*?\*\//g, "");
    const names = [...text.matchAll(/from "([^"]+)"/g)].map((found) => found[1]!);
    return [file, names.map((name) => `${join(dirname(file), name)}.ts`)];
  }),
);

interface Global {
  kind: number;
  flags: number;
  internalName: string;
  type?: { isManaged?: boolean };
}

/** `ElementKind.Global` and `CommonFlags.Const` of the compiler. */
const GLOBAL = 0;
const CONST = 1 << 3;

let module: WebAssembly.Module;
let text: string;
const globals: Global[] = [];
beforeAll(async () => {
  // What is exported is compiled; names that two files have are told apart.
  const entry = files.map((file, i) => {
    const source = readFileSync(join(root, file), "utf8");
    const names = source.matchAll(/^export (?:abstract )?(?:function|class|enum|const) (\w+)/gm);
    const renamed = [...names].map(([, name]) => `${name} as ${name}${i}`);
    return `export { ${renamed.join()} } from "./${file.slice(0, -3)}";`;
  });
  const written = new Map<string, Uint8Array | string>();
  class Globals {
    declare program: { elementsByName: Map<string, Global> };

    afterCompile(): void {
      globals.push(
        ...[...this.program.elementsByName.values()].filter((one) => one.kind === GLOBAL),
      );
    }
  }
  const { error, stderr } = await asc.main(
    [
      "all.ts",
      "--outFile",
      "all.wasm",
      "--textFile",
      "all.wat",
      "--runtime",
      "stub",
      "--use",
      "abort=",
    ],
    {
      transforms: [Globals],
      readFile: (name: string) => {
        if (name.endsWith("all.ts")) return entry.join("\n");
        try {
          if (name === "asconfig.json") return null;
          return readFileSync(join(root, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (name: string, contents: Uint8Array | string) => {
        written.set(name, contents);
      },
      listFiles: () => [],
    } as unknown as Parameters<typeof asc.main>[1],
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  module = await WebAssembly.compile(written.get("all.wasm") as Uint8Array<ArrayBuffer>);
  text = String(written.get("all.wat"));
});

describe("every file", () => {
  test("imports nothing from outside of the library", () => {
    for (const [file, names] of imports) {
      for (const name of names)
        expect([file, files.includes(name) ? "" : name]).toEqual([file, ""]);
    }
  });

  test("is in no cycle of imports", () => {
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) throw new Error(`a cycle: ${[...path, file].join(" → ")}`);
      if (done.has(file)) return;
      for (const name of imports.get(file) ?? []) visit(name, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  test("keeps nothing between calls", () => {
    const kept = globals.filter(
      (one) => one.internalName.startsWith("sdk/std/") && !(one.flags & CONST),
    );
    expect(kept.map((one) => one.internalName)).toEqual([]);
  });

  test("lies in a folder of twelve at most and has 260 lines at most", () => {
    const folders = new Map<string, number>();
    for (const file of files) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
    for (const [folder, count] of folders) expect([folder, count > 12]).toEqual([folder, false]);
    for (const file of files) {
      const lines = readFileSync(join(root, file), "utf8").split("\n").length;
      expect([file, lines > 260]).toEqual([file, false]);
    }
  });
});

test("the whole library asks nothing of a host and does nothing when it is loaded", () => {
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(WebAssembly.Module.exports(module).length).toBeGreaterThan(100);
  expect([...text.matchAll(/\(func \$(start:[^ \n]*)/g)].map((found) => found[1])).toEqual([]);
});
