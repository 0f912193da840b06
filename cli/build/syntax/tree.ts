/**
 * What the build needs of AssemblyScript's syntax tree. The compiler's own typings describe its
 * internals as portable AssemblyScript, which strict TypeScript cannot use; these are the parts that
 * are read here.
 */
import * as compiler from "assemblyscript";

export interface Range {
  start: number;
  end: number;
  source: {
    text: string;
    normalizedPath: string;
    lineAt(position: number): number;
    /** Of the position that `lineAt` was asked last. */
    columnAt(): number;
  };
}

export interface Node {
  kind: number;
  range: Range;
}

export interface ClassNode extends Node {
  name: { text: string };
  extendsType: { name: { identifier: { text: string } } } | null;
  members: (Node & { name: { text: string } })[];
  flags: number;
}

interface Source {
  statements: Node[];
  text: string;
  normalizedPath: string;
}

export interface Program {
  sources: Source[];
  options: { stackSize: number; runtime: number; initialMemory: number };
  module: {
    useShadowStack: boolean;
    setOptimizeLevel(level: number): void;
    runPasses(passes: string[]): void;
  };
  elementsByName: Map<string, unknown>;
}

interface Compiler {
  NodeKind: Record<string, number>;
  Node: {
    createStringLiteralExpression(text: string, range: Range): Node;
    createIdentifierExpression(text: string, range: Range): Node;
    createPropertyAccessExpression(of: Node, name: Node, range: Range): Node;
    createCallExpression(of: Node, types: null, args: Node[], range: Range): Node;
    createBinaryExpression(operator: number, left: Node, right: Node, range: Range): Node;
    createParenthesizedExpression(inner: Node, range: Range): Node;
    createBlockStatement(statements: Node[], range: Range): Node;
    createCommaExpression(expressions: Node[], range: Range): Node;
  };
  Token: Record<string, number>;
  newOptions(): unknown;
  newProgram(options: unknown): Program;
  parse(program: Program, text: string, path: string, isEntry: boolean): void;
  nextDiagnostic(program: Program): unknown;
}

export const { NodeKind, Node, Token, newOptions, newProgram, parse, nextDiagnostic } =
  compiler as unknown as Compiler;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value && "range" in value;
}

/** Calls `visit` for every node below `root`; what it returns takes the node's place. */
export function rewrite(root: object, visit: (node: Node) => Node): void {
  const fields = root as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (name === "range" || name === "parent" || name === "source") continue;
    if (Array.isArray(value)) {
      value.forEach((item, i) => {
        if (!isNode(item)) return;
        rewrite(item, visit);
        value[i] = visit(item);
      });
    } else if (isNode(value)) {
      rewrite(value, visit);
      fields[name] = visit(value);
    }
  }
}
