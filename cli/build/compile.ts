/**
 * Runs the AssemblyScript compiler over an entry, in this process, with sources from wherever they are:
 * `sluice/…` from this package, `policies/<name>/…` from each policy's folder. Paths inside the module
 * do not depend on where the folders lie, so the same input gives the same bytes anywhere.
 */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as asc from "assemblyscript/asc";
import { UserError } from "../../controller/errors.ts";
import { packageRoot } from "../package-root.ts";
import { countStatements, type Statement, type StatementParser } from "./syntax/coverage.ts";
import { explain, type Diagnostic } from "./diagnostics.ts";
import { refuseMutableGlobals } from "./syntax/globals.ts";
import { lint } from "./syntax/lint.ts";
import { choosePasses, type Target } from "./optimize.ts";
import { expandTemplates } from "./syntax/templates.ts";
import type { Program } from "./syntax/tree.ts";

export interface Compiled {
  wasm: Uint8Array;
  /** Source map, version 3: generated columns are byte offsets. */
  map: string;
  /** What is counted, in the order of the counters. */
  statements: Statement[];
}

export interface CompileInput {
  entry: string;
  /** Policy name → folder of its sources. */
  folders: ReadonlyMap<string, string>;
  /** Policy name → the text of its `params.ts`, which need not be on disk. */
  params: ReadonlyMap<string, string>;
  target?: Target;
  /** Policies whose statements are counted. */
  counted?: readonly string[];
}

/** What is changed and checked around compiling; the compiler gives it the program. */
function transform(
  locate: (name: string) => string | null,
  target: Target,
  count: (program: Program, parser: StatementParser) => void,
): new () => object {
  return class {
    declare program: Program;

    afterParse(parser: StatementParser): void {
      // A custom runtime counts as a collecting one, which would spill every reference to a shadow stack.
      this.program.options.stackSize = 0;
      this.program.options.runtime = 0;
      this.program.module.useShadowStack = false;
      lint(this.program, locate);
      expandTemplates(this.program);
      count(this.program, parser);
    }

    afterCompile(): void {
      refuseMutableGlobals(this.program.elementsByName.values(), locate);
      choosePasses(this.program, target);
    }
  };
}

/** Sources of the package do not change while it runs: read once. */
const packageSources = new Map<string, Promise<string | null>>();

async function read(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

export async function compile({
  entry,
  folders,
  params,
  target = "release",
  counted = [],
}: CompileInput): Promise<Compiled> {
  const locate = (name: string): string | null => {
    const [, policy, rest] = /^policies\/([^/]+)\/(.+)$/.exec(name) ?? [];
    if (!policy || !rest) return null;
    const folder = folders.get(policy);
    const [first] = folders.values();
    return folder ? join(folder, rest) : first ? join(dirname(resolve(first)), policy, rest) : null;
  };
  const readSource = async (name: string): Promise<string | null> => {
    const path = name.replaceAll("\\", "/").replace(/^\.\//, "");
    if (path === "entry.ts") return entry;
    const own = /(?:^|\/)(?:node_modules|~lib)\/sluice\/(.+)$/.exec(path)?.[1];
    if (own ?? path === "asconfig.json") {
      const file = own ?? path;
      let text = packageSources.get(file);
      if (!text) packageSources.set(file, (text = read(join(packageRoot, file))));
      return text;
    }
    const [, policy = ""] = /^policies\/([^/]+)\/params\.ts$/.exec(path) ?? [];
    const made = params.get(policy);
    if (made !== undefined) return made;
    const source = locate(path);
    return source ? read(source) : null;
  };
  const files = new Map<string, Uint8Array | string>();
  const diagnostics: Diagnostic[] = [];
  const statements: Statement[] = [];
  const count = (program: Program, parser: StatementParser): void => {
    if (counted.length) statements.push(...countStatements(program, parser, counted));
  };
  const { error } = await asc.main(["entry.ts", "--target", target, "--outFile", "out.wasm"], {
    stdout: asc.createMemoryStream(),
    stderr: asc.createMemoryStream(),
    readFile: readSource,
    writeFile: (name: string, contents: Uint8Array | string) => {
      files.set(name, contents);
    },
    listFiles: () => [],
    reportDiagnostic: (one: unknown) => {
      diagnostics.push(one as Diagnostic);
    },
    transforms: [transform(locate, target, count)],
  } as unknown as Parameters<typeof asc.main>[1]);
  const wrong = diagnostics.filter((one) => one.category === 3);
  if (wrong.length) throw new UserError(await explain(wrong, readSource, locate));
  const wasm = files.get("out.wasm");
  if (error || !(wasm instanceof Uint8Array))
    throw error ?? new Error("the compiler wrote no module");
  return { wasm, map: String(files.get("out.wasm.map") ?? ""), statements };
}
