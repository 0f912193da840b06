/**
 * The body of a request as a value, by its content type. Whoever sends one may be hostile: what is nested deep is refused
 * before anything goes down into it by recursion (at the end of the stack V8 ends the whole process when it comes upon a
 * new regular expression), and nothing here takes longer than in proportion to the text.
 */
import { isMap, isScalar, isSeq, Lexer, parseDocument, Parser, type ParsedNode } from "yaml";
import { UserError, reason } from "../errors.ts";

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
    return isJson ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    if (!isJson && !/yaml/i.test(contentType))
      try {
        return JSON.parse(text);
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

function parseYaml(text: string): unknown {
  refuseDeepYaml(text);
  const document = parseDocument(text, { schema: "core", merge: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error;
  refuseSameKeys(document.contents);
  // Aliases are YAML's billion laughs.
  return document.toJS({ maxAliasCount: 100 });
}

/** The parser keeps a stack of its own; the composer behind it uses the process's. A level takes up to three places. */
function refuseDeepYaml(text: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > 3 * maxDepth) throw new Error(tooDeep);
  }
}

/** The reader's own check compares each key with all before it. */
function refuseSameKeys(node: ParsedNode | null): void {
  if (isSeq(node)) for (const item of node.items) refuseSameKeys(item);
  if (!isMap(node)) return;
  const seen = new Set<unknown>();
  for (const { key, value } of node.items) {
    if (isScalar(key)) {
      if (seen.has(key.value)) throw new Error(`the key ${JSON.stringify(key.value)} stands twice`);
      seen.add(key.value);
    }
    refuseSameKeys(key);
    refuseSameKeys(value);
  }
}
