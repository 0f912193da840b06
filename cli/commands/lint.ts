/** `ap lint`: what is allowed and still a mistake. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { collect, show, standardInput, withOutput, type Remote } from "./remote.ts";

interface LintOptions extends Remote {
  file: string[];
  strict?: boolean;
  rules?: boolean;
  explain?: string;
}

export const lint = (io: Io): Command =>
  withOutput(new Command("lint"))
    .description("look for mistakes in files; exit code 1 if there is one of severity error")
    .option("-f, --file <path>", "a file, a folder, a pattern or -; may be repeated", collect, [])
    .option("--strict", "warnings fail too")
    .option("--rules", "list the rules")
    .option("--explain <rule>", "why a rule is there and how its finding is mended, such as AP004")
    .action(async (options: LintOptions) => {
      if (options.explain !== undefined) return explain(io, options, options.explain);
      if (options.rules) return list(io, options);
      const { usage } = await import("../errors.ts");
      if (options.file.length === 0) throw usage("give the files to look at with -f");
      const { readResources } = await import("../apply/documents.ts");
      const { findings } = await import("../lint/findings.ts");
      const found = findings(await readResources(options.file, standardInput));
      show(io, options, found, () => [
        ["WHERE", "RULE", "SEVERITY", "FIELD", "WHAT"],
        ...found.map((one) => [one.where, one.rule, one.severity, one.field, one.message]),
      ]);
      const [first] = found;
      if (first) io.progress(`more: ap lint --explain ${first.rule}, or ${first.page}`);
      if (found.some(({ severity }) => options.strict || severity === "error")) io.exitCode = 1;
    });

async function list(io: Io, options: LintOptions): Promise<void> {
  const { rules } = await import("../lint/rules.ts");
  const { pageOf } = await import("../lint/advice.ts");
  const known = rules.map(({ id, severity, summary }) => ({
    ...{ id, severity, summary },
    page: pageOf(id),
  }));
  show(io, options, known, () => [
    ["RULE", "SEVERITY", "FINDS"],
    ...known.map(({ id, severity, summary }) => [id, severity, summary]),
  ]);
}

async function explain(io: Io, options: LintOptions, id: string): Promise<void> {
  const { explanation } = await import("../lint/findings.ts");
  const told = explanation(id);
  if (options.output !== "table") return show(io, options, told, () => []);
  io.line(`${told.id} (${told.severity}): ${told.summary}\n\n${told.why}\n`);
  io.line(`the mistake:\n\n${indented(told.mistake)}\n\nmended:\n\n${indented(told.mended)}`);
}

const indented = (text: string): string => text.replace(/^/gm, "  ");
