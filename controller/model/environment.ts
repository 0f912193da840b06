/**
 * Which variables of the controller's environment a document names. Passwords and keys of the gateway itself stand there,
 * and a value in a header or a URL reaches whoever wrote the document: so only those who manage the gateway name any.
 */
import type { FieldError } from "../errors.ts";
import { eachTemplate } from "./templates.ts";

/** Faults, by field, for a document of somebody who may name only these variables. */
export function foreignVariables(document: unknown, allowed: readonly string[]): FieldError[] {
  if (typeof document !== "object" || document === null || !("spec" in document)) return [];
  const errors: FieldError[] = [];
  const visit = (value: unknown, field: string): void => {
    if (typeof value === "string")
      eachTemplate(value, (expression) => {
        for (const variable of variablesIn(expression))
          if (!allowed.includes(variable)) errors.push({ field, message: refused(variable) });
      });
    else if (Array.isArray(value)) value.forEach((item, i) => visit(item, `${field}[${i}]`));
    else if (typeof value === "object" && value !== null)
      for (const [key, one] of Object.entries(value)) visit(one, `${field}.${key}`);
  };
  visit(document.spec, "spec");
  return errors;
}

const refused = (variable: string): string =>
  `names ${variable === "" ? "a variable" : `the variable ${variable}`} of the gateway's environment, as admins may: ` +
  "others those in controller.environment, by their names in quotes";

/** Texts first, so that no `env` within one is taken for the function. */
const words = /"(?:[^"\\]|\\.)*"|`[^`]*`|[A-Za-z_]\w*|[^]/g;

/** Empty for one that is not named in plain quotes behind the function. */
function variablesIn(expression: string): string[] {
  const found = (expression.match(words) ?? []).filter((word) => word.trim() !== "");
  return found.flatMap((word, i) =>
    word === "env" ? [/^"([^"\\]*)"$/.exec(found[i + 1] ?? "")?.[1] ?? ""] : [],
  );
}
