/** The page of the rules of `ap lint`: one section each, which `ap lint` names with every finding. */
import { advice } from "../../lint/advice.ts";
import { rules } from "../../lint/rules.ts";
import { code, inCell, page, table } from "../markdown.ts";

export const lintPage = (): string =>
  page(
    "# Rules of `ap lint`",
    "`ap lint -f <files>` names the rule with each finding, `ap lint --explain AP004` prints what stands here. A finding of " +
      "severity `error` ends it with exit code 1, with `--strict` a warning does, too. Ids never change.",
    table(
      ["rule", "severity", "finds"],
      rules.map(({ id, severity, summary }) => [
        `[${code(id)}](#${id.toLowerCase()})`,
        ...[severity, inCell(summary)],
      ]),
    ),
    ...rules.flatMap(({ id, severity, summary }) => [
      `## ${id}`,
      `**${severity}: ${summary}.** ${advice[id].why}`,
      `The mistake:\n\n${yaml(advice[id].mistake)}`,
      `Mended:\n\n${yaml(advice[id].mended)}`,
    ]),
  );

const yaml = (text: string): string => `\`\`\`yaml\n${text}\n\`\`\``;
