/** Compiles the keywords of `keywords/array.ts`. */
import { ContainsKeyword, CountKeyword, ItemsKeyword, UniqueKeyword } from "../keywords/array";
import { Node } from "../run";
import { Source } from "../source";
import { Kind } from "../value/tape";
import { range } from "./scalar";

export function buildArrays(source: Source, node: Node): void {
  buildCount(source, node, "Items", Kind.Array, " items");
  buildItems(source, node);
  const contains = source.child("contains");
  if (contains) {
    const least = source.isSeven ? 1 : source.count("minContains", 1);
    const most = source.isSeven ? i32.MAX_VALUE : source.count("maxContains", i32.MAX_VALUE);
    const message = "must contain " + range(least, most) + " of what contains asks for";
    node.keywords.push(new ContainsKeyword(contains, least, most, message));
  }
  const unique = source.of("uniqueItems", Kind.Boolean, "true or false");
  if (unique >= 0 && source.tape.isTrue(unique)) node.keywords.push(new UniqueKeyword());
}

export function buildCount(
  source: Source,
  node: Node,
  what: string,
  kind: Kind,
  words: string,
): void {
  if (!source.has("min" + what) && !source.has("max" + what)) return;
  const least = source.count("min" + what, 0);
  const most = source.count("max" + what, i32.MAX_VALUE);
  const message = "must have " + range(least, most) + words;
  node.keywords.push(new CountKeyword(kind, least, most, message));
}

/** Before 2020-12 `items` was either what `prefixItems` or what `items` is now. */
function buildItems(source: Source, node: Node): void {
  const at = source.at("items");
  const listed = source.isSeven && at >= 0 && source.tape.kind(at) == Kind.Array;
  const first = source.isSeven
    ? listed
      ? source.children("items")
      : new Array<Node>()
    : source.children("prefixItems");
  const rest = source.child(listed ? "additionalItems" : "items");
  if (first.length || rest) node.keywords.push(new ItemsKeyword(first, rest));
}
