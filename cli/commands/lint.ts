/** `ap lint`: what is allowed and still a mistake. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { collect, show, standardInput, withOutput, type Remote } from "./remote.ts";

export const lint = (io: Io): Command =>
  withOutput(new Command("lint"))
    .description("look for mistakes in files; exit code 1 if there is one of severity error")
    .option("-f, --file <path>", "a file, a folder, a pattern or -; may be repeated", collect, [])
    .option("--strict", "warnings fail too")
    .option("--rules", "list the rules")
    .action(async (options: Remote & { file: string[]; strict?: boolean; rules?: boolean }) => {
      const { rules } = await import("../lint/rules.ts");
      if (options.rules) {
        const known = rules.map(({ id, severity, summary }) => ({ id, severity, summary }));
        return show(io, options, known, () => [
          ["RULE", "SEVERITY", "FINDS"],
          ...known.map(({ id, severity, summary }) => [id, severity, summary]),
        ]);
      }
      const { usage } = await import("../errors.ts");
      if (options.file.length === 0) throw usage("give the files to look at with -f");
      const { readResources } = await import("../client/documents.ts");
      const resources = await readResources(options.file, standardInput);
      const found = resources.flatMap(({ document, where }) =>
        rules.flatMap((rule) =>
          rule.find(document).map(({ field, message }) => ({
            ...{ where, rule: rule.id, severity: rule.severity },
            ...{ name: document.metadata.name, field, message },
          })),
        ),
      );
      show(io, options, found, () => [
        ["WHERE", "RULE", "SEVERITY", "FIELD", "WHAT"],
        ...found.map((one) => [one.where, one.rule, one.severity, one.field, one.message]),
      ]);
      if (found.some(({ severity }) => options.strict || severity === "error")) io.exitCode = 1;
    });
