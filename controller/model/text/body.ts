/**
 * The body of a request as a value, by its content type. Whoever sends one may be hostile: what is nested deep is refused
 * before anything goes down into it by recursion (at the end of the stack V8 ends the whole process when it comes upon a
 * new regular expression), and nothing here takes longer than in proportion to the text.
 */
import { UserError, reason } from "../../errors.ts";
import { parseJson } from "./json.ts";
import { parseYaml } from "./yaml.ts";

/** JSON, YAML, or for any other type YAML first and JSON then. */
export function parseBody(text: string, contentType = ""): unknown {
  const value = parseText(text, contentType);
  if (isDeeper(value, maxDepth)) throw new UserError(`Failed to parse configuration: ${tooDeep}`);
  return value;
}

const maxDepth = 128;
const tooDeep = `it is nested deeper than ${maxDepth}`;

function parseText(text: string, contentType: string): unknown {
  const isJson = /json/i.test(contentType);
  try {
    return isJson ? parseJson(text) : parseYaml(text, maxDepth, tooDeep);
  } catch (error) {
    if (!isJson && !/yaml/i.test(contentType))
      try {
        return parseJson(text);
      } catch {
        // The YAML reader's words are better: they have a line.
      }
    throw new UserError(`Failed to parse configuration: ${reason(error).split("\n")[0]}`);
  }
}

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (depth === 0 || Object.values(value).some((one) => isDeeper(one, depth - 1)));
