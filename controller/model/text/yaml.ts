/** YAML as a value: what a document does not say in one plain way is refused, and no number loses how it was written. */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  parseDocument,
  Parser,
  visit,
  type ParsedNode,
} from "yaml";

const severalDocuments = "it has several documents, expected one";

/** Throws what is wrong, in one line. `maxDepth`: how many levels there may be. */
export function parseYaml(text: string, maxDepth: number, tooDeep: string): unknown {
  refuseDeep(text, maxDepth, tooDeep);
  const document = parseDocument(text, { schema: "core", merge: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error.code === "MULTIPLE_DOCS" ? new Error(severalDocuments) : error;
  return plainValue(document);
}

/** The value of a document without errors. */
export function plainValue(document: Document.Parsed): unknown {
  // A tag that nobody knows would be dropped, and a text be what is in it.
  const [warning] = document.warnings;
  if (warning) throw warning;
  refuseOddKeys(document.contents);
  visit(document, { Scalar: (_, scalar) => void keepSpelling(scalar) });
  // Aliases are YAML's billion laughs.
  return document.toJS({ maxAliasCount: 100 });
}

/** The parser keeps a stack of its own; the composer behind it uses the process's. A level takes up to three places. */
function refuseDeep(text: string, maxDepth: number, tooDeep: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > 3 * maxDepth) throw new Error(tooDeep);
  }
}

/**
 * The reader's own check compares each key with all before it, and takes 1 and "1" for two. A merge that is not done would
 * leave out what somebody counts on.
 */
function refuseOddKeys(node: ParsedNode | null): void {
  if (isSeq(node)) for (const item of node.items) refuseOddKeys(item);
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    if (!isScalar(key))
      throw new Error("a key is a list, an object or a reference, expected a text");
    const name = String(key.value ?? "");
    if (name === "<<") throw new Error('"<<" is not merged: write what is meant');
    if (seen.has(name)) throw new Error(`the key ${JSON.stringify(name)} stands twice`);
    seen.add(name);
    refuseOddKeys(value);
  }
}

/** `version: 1.10` is no 1.1, and not every long number is one that a double can hold: both stay the texts they are. */
function keepSpelling(scalar: { value: unknown; source?: string | undefined }): void {
  const { value, source } = scalar;
  if (typeof value === "number" && source !== undefined && String(value) !== source)
    scalar.value = source;
}
