/** `ap policy …`: from a folder to a module, and looks into modules. */
import { Command } from "commander";
import type { BuiltFile } from "../build/to-file.ts";
import type { Io } from "../io.ts";
import { publishing } from "./publish.ts";

export const policy = (io: Io): Command => {
  const command = new Command("policy").description("write, test, examine and publish policies");
  for (const verb of [
    create(io),
    build(io),
    test(io),
    bench(io),
    docs(io),
    run(io),
    inspect(io),
    harden(io),
    symbolicate(io),
    ...publishing(io),
  ])
    command.addCommand(verb);
  return command;
};

const create = (io: Io): Command =>
  new Command("new")
    .description("make a folder with a policy that builds and passes its own cases")
    .argument("<name>", "lower case with dashes, such as my-policy")
    .option("-d, --directory <folder>", "where the folder goes", ".")
    .action(async (name: string, { directory }: { directory: string }) => {
      const { scaffold } = await import("../build/scaffold.ts");
      const folder = await scaffold(name, directory);
      io.line(`${folder}: policy.yaml, policy.ts and cases.ts`);
      io.line(`next: ap policy test ${folder}`);
    });

interface BuildOptions {
  output?: string;
  debug?: boolean;
  json?: boolean;
  watch?: boolean;
}

const build = (io: Io): Command =>
  new Command("build")
    .description("compile policies into one module for Envoy")
    .argument("<folder...>", "policy folders, or a build.yaml that lists them")
    .option("-o, --output <file>", "the module (default: build/<policy>.wasm, build/policies.wasm)")
    .option("--debug", "keep names and lines, optimise less")
    .option("--json", "print what was built as JSON")
    .option("--watch", "build again whenever a file changes, until Ctrl-C")
    .action(async (folders: string[], options: BuildOptions) => {
      const show = (built: BuiltFile): void => {
        if (options.json) return io.json(built);
        const { file, size, policies, milliseconds } = built;
        const what = policies.length === 1 ? "policy" : "policies";
        io.line(
          `${file}: ${size.toLocaleString("en")} bytes, ${policies.length} ${what}, ${milliseconds} ms`,
        );
      };
      if (options.watch) {
        const { buildAndWatch } = await import("../build/watch.ts");
        return buildAndWatch(folders, options, io, show);
      }
      const { buildToFile } = await import("../build/to-file.ts");
      show(await buildToFile(folders, options));
    });

const test = (io: Io): Command =>
  new Command("test")
    .description("play the policies' cases in the simulator, and in a real Envoy")
    .argument("[folder...]", "policy folders; every policy of the shelf unless given")
    .option("--envoy", "in a real Envoy too")
    .option("--watch", "again on every save, until interrupted")
    .option("--reporter <name>", "lines or junit", "lines")
    .option("--json", "print the outcomes as JSON")
    .option("--coverage", "show which lines of the policies the cases ran")
    .option("--coverage-min <percent>", "fail if fewer lines ran")
    .option("--coverage-lcov <file>", "write them for editors, as LCOV")
    .action(async (folders: string[], options: import("../cases/command.ts").TestOptions) => {
      const { testPolicies } = await import("../cases/command.ts");
      const { interrupted } = await import("../signal.ts");
      await testPolicies(folders, options, io, interrupted());
    });

const bench = (io: Io): Command =>
  new Command("bench")
    .description(
      "measure what each case of policies costs a request, in the simulator and in Envoy",
    )
    .argument("<folder...>", "policy folders")
    .option("--envoy", "in a real Envoy too")
    .option("--case <text>", "cases whose name has this in it")
    .option("--rounds <number>", "how often both are measured, in turn", "11")
    .option("--requests <number>", "in a round (default: 1000 in the simulator, 400 in Envoy)")
    .option("--json", "print every figure as JSON")
    .action(async (folders: string[], options: import("../bench/command.ts").BenchOptions) => {
      const { benchPolicies } = await import("../bench/command.ts");
      await benchPolicies(folders, options, io);
    });

const docs = (io: Io): Command =>
  new Command("docs")
    .description("write each policy's README from its policy.yaml and its examples")
    .argument("[folder...]", "policy folders; every policy of the shelf unless given")
    .option("--check", "write nothing; fail if one is not current")
    .action(async (folders: string[], options: import("../docs/command.ts").DocsOptions) => {
      const { writeDocs } = await import("../docs/command.ts");
      await writeDocs(folders, options, io);
    });

const collect = (value: string, all: string[]): string[] => [...all, value];

const run = (io: Io): Command =>
  new Command("run")
    .description(
      "run any proxy-wasm module, in the simulator or in Envoy, and print what the world sees",
    )
    .argument("<file>", "a .wasm file, or a policy's folder")
    .option("--envoy", "in a real Envoy instead")
    .option("--json", "print JSON, which is what it always prints")
    .option("--config <file>", "plugin configuration: a file, or JSON", "")
    .option("--request <line>", "such as 'POST /x'; may be repeated", collect, [])
    .option("-H, --header <line>", "a header of every request; may be repeated", collect, [])
    .option("--data <text>", "body of every request; @file reads it")
    .option(
      "--upstream <spec>",
      "echo, refuse, hang, reset, a status, 'status body' or JSON",
      "echo",
    )
    .action(async (file: string, options: import("../cases/run.ts").RunOptions) => {
      const { runModule } = await import("../cases/run.ts");
      io.json(await runModule(file, options, io));
    });

const inspect = (io: Io): Command =>
  new Command("inspect")
    .description("show what a module is: policies, ABI, imports, limits, sizes")
    .argument("<file>", "a .wasm file")
    .option("--json", "print it as JSON")
    .action(async (file: string, options: { json?: boolean }) => {
      const { inspectFile } = await import("../module/inspect.ts");
      const found = await inspectFile(file);
      if (options.json) return io.json(found);
      io.table(found.rows);
    });

const harden = (io: Io): Command =>
  new Command("harden")
    .description("meter and guard a module from anywhere, so that a fault costs one request")
    .argument("<input>", "a proxy-wasm module")
    .requiredOption("-o, --output <file>", "the hardened module")
    .option("--catch", "answer 500 and keep the VM, for modules that survive being interrupted")
    .action(async (input: string, options: { output: string; catch?: boolean }) => {
      const { hardenFile } = await import("../module/harden.ts");
      const { meters, before, after } = await hardenFile(input, options.output, {
        faults: options.catch ? "catch" : "trap",
      });
      io.line(`${options.output}: ${meters} loops metered, ${before} → ${after} bytes`);
    });

const symbolicate = (io: Io): Command =>
  new Command("symbolicate")
    .description("turn offsets of a wasm backtrace in a log into lines of TypeScript")
    .argument("<map>", "the module's .wasm.map")
    .argument("[log]", "the log; standard input unless given")
    .action(async (map: string, log: string | undefined) => {
      const { symbolicateLog } = await import("../module/symbolicate.ts");
      for await (const line of symbolicateLog(map, log)) io.line(line);
    });
