/** Compiles the keywords of `keywords/logic.ts` and `keywords/unevaluated.ts`. */
import {
  AllOfKeyword,
  AnyOfKeyword,
  IfKeyword,
  NotKeyword,
  OneOfKeyword,
  RefKeyword,
} from "../keywords/logic";
import { UnevaluatedKeyword } from "../keywords/unevaluated";
import { Node } from "../run";
import { Source } from "../source";
import { Kind } from "../value/tape";

export function buildReference(source: Source, node: Node): void {
  const at = source.of("$ref", Kind.String, "a reference");
  if (at < 0) return;
  const target = source.schemas.referred(source.place, source.tape.text(at), "$ref");
  node.keywords.push(new RefKeyword(target));
}

export function buildLogic(source: Source, node: Node): void {
  if (source.has("allOf")) node.keywords.push(new AllOfKeyword(source.children("allOf")));
  if (source.has("anyOf")) node.keywords.push(new AnyOfKeyword(source.children("anyOf")));
  if (source.has("oneOf")) node.keywords.push(new OneOfKeyword(source.children("oneOf")));
  const not = source.child("not");
  if (not) node.keywords.push(new NotKeyword(not));
  const condition = source.child("if");
  if (!condition) return;
  node.keywords.push(new IfKeyword(condition, source.child("then"), source.child("else")));
}

/** To be called last: they leave out what the other keywords looked at. True if there are any. */
export function buildUnevaluated(source: Source, node: Node): bool {
  if (source.isSeven) return false;
  const items = source.child("unevaluatedItems");
  if (items) node.keywords.push(new UnevaluatedKeyword(Kind.Array, items));
  const properties = source.child("unevaluatedProperties");
  if (properties) node.keywords.push(new UnevaluatedKeyword(Kind.Object, properties));
  return items !== null || properties !== null;
}
