/**
 * Template strings as concatenations. The compiler would keep the parts of a template in one static
 * array, which outlives the request whose texts it is given; under regions that is a fault.
 */
import { Node, NodeKind, Token, rewrite, type Program } from "./syntax.ts";

interface Template extends Node {
  parts: string[];
  expressions: Node[];
  tag: Node | null;
}

function isTemplate(node: Node): node is Template {
  return node.kind === NodeKind.Literal && "parts" in node && "expressions" in node;
}

export function expandTemplates(program: Program): void {
  for (const source of program.sources) {
    // Walking through all of the library for the few that have one would be a tenth of a build.
    if (!source.text.includes("`")) continue;
    rewrite(source.statements, (node) => {
      if (!isTemplate(node) || node.tag) return node;
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
  }
}
