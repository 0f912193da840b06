/**
 * Template strings as concatenations. The compiler would keep the parts of a template in one static
 * array, which outlives the request whose texts it is given; under regions that is a fault.
 */
import { Node, NodeKind, Token, rewrite, type Program } from "./tree.ts";

interface Template extends Node {
  parts: string[];
  expressions: Node[];
  tag: Node | null;
}

function isTemplate(node: Node): node is Template {
  return node.kind === NodeKind.Literal && "parts" in node && "expressions" in node;
}

/** Files of the library without a template: they do not change, and walking through them is a tenth of a build. */
const plain = new Set<string>();

export function expandTemplates(program: Program): void {
  for (const source of program.sources) {
    const path = source.normalizedPath;
    if (plain.has(path) || !source.text.includes("`")) continue;
    let found = false;
    rewrite(source.statements, (node) => {
      if (!isTemplate(node) || node.tag) return node;
      found = true;
      const { range } = node;
      let whole = Node.createStringLiteralExpression(node.parts[0] ?? "", range);
      const add = (right: Node): void => {
        whole = Node.createBinaryExpression(Token.Plus as number, whole, right, range);
      };
      node.expressions.forEach((expression, i) => {
        const inner = Node.createParenthesizedExpression(expression, expression.range);
        const name = Node.createIdentifierExpression("toString", expression.range);
        const access = Node.createPropertyAccessExpression(inner, name, expression.range);
        add(Node.createCallExpression(access, null, [], expression.range));
        const part = node.parts[i + 1];
        if (part) add(Node.createStringLiteralExpression(part, range));
      });
      return Node.createParenthesizedExpression(whole, range);
    });
    if (!found && path.startsWith("~lib/")) plain.add(path);
  }
}
