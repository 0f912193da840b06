/** What the engine says of a chain that it cannot run, as the field of the document that it speaks of. */
import type { FieldError } from "../../errors.ts";

const place = /^chain: policies\[(\d+)\]: (.*)$/s;
const parameter = /^[\w-]+: parameters: ([\w.[\]]+): (.*)$/s;
const condition = /^executionCondition: (.*)$/s;
/** By which a request finds its line in the log. */
const errorId = / \(error id [0-9a-f-]+\)$/;

/** `fields`: where each policy of the chain stands. */
export function chainFault(words: string, fields: readonly string[]): FieldError {
  const [, index, about = ""] = place.exec(words.replace(errorId, "")) ?? [];
  const field = fields[Number(index)];
  if (field === undefined) return { field: "spec.policies", message: words };
  const [, expression] = condition.exec(about) ?? [];
  if (expression !== undefined)
    return { field: `${field}.executionCondition`, message: expression };
  const [, path, message] = parameter.exec(about) ?? [];
  if (message !== undefined) return { field: `${field}.params.${path}`, message };
  return { field, message: about };
}
