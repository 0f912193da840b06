/** Compiles the keywords of `keywords/scalar.ts`. */
import {
  EnumKeyword,
  LengthKeyword,
  LimitKeyword,
  MultipleKeyword,
  PatternKeyword,
  TypeKeyword,
  WHOLE,
} from "../keywords/scalar";
import { Node } from "../run";
import { Source } from "../source";
import { Kind } from "../value/tape";
import { compilePattern } from "./pattern";

export function buildScalars(source: Source, node: Node): void {
  buildType(source, node);
  buildEnum(source, node);
  buildLimit(source, node, "minimum", -1, false, "at least ");
  buildLimit(source, node, "exclusiveMinimum", -1, true, "more than ");
  buildLimit(source, node, "maximum", 1, false, "at most ");
  buildLimit(source, node, "exclusiveMaximum", 1, true, "less than ");
  const divisor = source.number("multipleOf");
  if (divisor) {
    if (!divisor.divides) {
      source.fail("multipleOf", "expected a number above 0 of at most 17 digits");
    } else {
      const message = "must be a multiple of " + source.raw("multipleOf");
      node.keywords.push(new MultipleKeyword(divisor, message));
    }
  }
  if (source.has("minLength") || source.has("maxLength")) {
    const least = source.count("minLength", 0);
    const most = source.count("maxLength", i32.MAX_VALUE);
    const message = "must have " + range(least, most) + " characters";
    node.keywords.push(new LengthKeyword(least, most, message));
  }
  const pattern = source.of("pattern", Kind.String, "a pattern");
  if (pattern >= 0) {
    const text = source.tape.text(pattern);
    const regex = compilePattern(source, "pattern", text);
    if (regex) node.keywords.push(new PatternKeyword(regex, "must match the pattern " + text));
  }
}

/** "5", "at least 5", "at most 5", "5 to 7". */
export function range(least: i32, most: i32): string {
  if (least == most) return least.toString();
  if (most == i32.MAX_VALUE) return "at least " + least.toString();
  return least ? least.toString() + " to " + most.toString() : "at most " + most.toString();
}

function buildLimit(
  source: Source,
  node: Node,
  keyword: string,
  side: i32,
  exclusive: bool,
  words: string,
): void {
  const limit = source.number(keyword);
  if (!limit) return;
  const message = "must be " + words + source.raw(keyword);
  node.keywords.push(new LimitKeyword(limit, side, exclusive, message));
}

function buildType(source: Source, node: Node): void {
  const at = source.at("type");
  if (at < 0) return;
  const tape = source.tape;
  let kinds = 0;
  const names: string[] = [];
  const list = tape.kind(at) == Kind.Array;
  const end = tape.next(at);
  for (let item = list ? at + 1 : at; item < end; item = tape.next(item)) {
    const name = tape.kind(item) == Kind.String ? tape.text(item) : "";
    const kind = kindOf(name);
    if (!kind) source.fail("type", "expected a type or a list of types");
    kinds |= kind;
    names.push(name);
  }
  node.keywords.push(new TypeKeyword(kinds, "must be of type " + names.join(" or ")));
}

function kindOf(name: string): i32 {
  if (name == "null") return Kind.Null;
  if (name == "boolean") return Kind.Boolean;
  if (name == "number") return Kind.Number;
  if (name == "integer") return WHOLE;
  if (name == "string") return Kind.String;
  if (name == "array") return Kind.Array;
  return name == "object" ? Kind.Object : 0;
}

function buildEnum(source: Source, node: Node): void {
  const tape = source.tape;
  const only = source.at("const");
  if (only >= 0) node.keywords.push(new EnumKeyword(tape, [only]));
  const at = source.of("enum", Kind.Array, "a list");
  if (at < 0) return;
  const values: i32[] = [];
  const end = tape.next(at);
  for (let item = at + 1; item < end; item = tape.next(item)) values.push(item);
  node.keywords.push(new EnumKeyword(tape, values));
}
