/** What the rules find in resources, and what there is to say of one rule. */
import type { Resource } from "../apply/documents.ts";
import { CommandError, Exit } from "../errors.ts";
import { advice, pageOf, type Advice, type RuleId } from "./advice.ts";
import { rules, type Severity } from "./rules.ts";

export interface Finding {
  /** File and line of the document. */
  where: string;
  rule: RuleId;
  severity: Severity;
  name: string;
  /** Where in the document. */
  field: string;
  message: string;
  /** Where the rule is described. */
  page: string;
}

export const findings = (resources: readonly Resource[]): Finding[] =>
  resources.flatMap(({ document, where }) =>
    rules.flatMap(({ id: rule, severity, find }) =>
      find(document).map(({ field, message }) => ({
        ...{ where, rule, severity, name: document.metadata.name },
        ...{ field, message, page: pageOf(rule) },
      })),
    ),
  );

export interface Explanation extends Advice {
  id: RuleId;
  severity: Severity;
  summary: string;
  page: string;
}

export function explanation(id: string): Explanation {
  const rule = rules.find((one) => one.id === id.toUpperCase());
  if (rule) {
    const { id, severity, summary } = rule;
    return { id, severity, summary, ...advice[id], page: pageOf(id) };
  }
  throw new CommandError(
    "AP-NOT-FOUND",
    `there is no rule '${id}'; there are: ${rules.map((one) => one.id).join(", ")}`,
    Exit.NotFound,
    "ap lint --rules",
  );
}
