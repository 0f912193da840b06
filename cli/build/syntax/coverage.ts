/**
 * Counts how often each statement of the policies runs: every statement gets a call in front that adds one to its own
 * counter in the module's memory, whose address is the exported global `c`. An arm of `? :` counts as a statement. Only in
 * modules that are built for it.
 */
import { NodeKind, Node, newOptions, newProgram, parse, rewrite, type Program } from "./tree.ts";

/** A statement, or an arm of `? :`, in the order of the counters; lines and columns from 1. */
export interface Statement {
  /** `policies/<name>/<file>` */
  source: string;
  line: number;
  column: number;
}

export interface StatementParser {
  parseFile(text: string, path: string, isEntry: boolean): void;
}

interface Parent extends Node {
  statements?: Node[];
  expression?: Node & { expression?: Node };
}

interface Branching {
  [field: string]: Node | null | undefined;
}

/** Statements that do nothing by themselves. */
const inert = new Set(
  [NodeKind.Block, NodeKind.Empty, NodeKind.Void].map((kind) => kind as number),
);

/** Where a single statement may stand in place of a block. */
const bodies = new Map(
  Object.entries({
    If: ["ifTrue", "ifFalse"],
    For: ["body"],
    ForOf: ["body"],
    While: ["body"],
    Do: ["body"],
  }).map(([kind, fields]) => [NodeKind[kind] as number, fields]),
);

const arms = ["ifThen", "ifElse"];

/** Bytes of a counter, and of a page of memory. */
const COUNTER = 4;
const PAGE = 65_536;

/** Changes the program, which is parsed and not yet compiled, and says what is counted in it. */
export function countStatements(
  program: Program,
  parser: StatementParser,
  policies: readonly string[],
): Statement[] {
  const found: Statement[] = [];
  const inserted: { list: Node[]; before: Node; isArm: boolean; counter: number }[] = [];
  const count = (list: Node[], before: Node, isArm = false): void => {
    if (inert.has(before.kind) || isSuper(before)) return;
    const { source, start } = before.range;
    const line = source.lineAt(start);
    inserted.push({ list, before, isArm, counter: found.length });
    found.push({ source: source.normalizedPath, line, column: source.columnAt() });
  };
  const visit = (node: Node): Node => {
    const { statements } = node as Parent;
    if ((node.kind === NodeKind.Block || node.kind === NodeKind.SwitchCase) && statements)
      for (const one of statements) count(statements, one);
    const fields = node as unknown as Branching;
    if (node.kind === NodeKind.Ternary)
      for (const field of arms) {
        const arm = fields[field] as Node;
        const list = [arm];
        fields[field] = Node.createCommaExpression(list, arm.range);
        count(list, arm, true);
      }
    for (const field of bodies.get(node.kind) ?? []) {
      const body = fields[field];
      if (!body || body.kind === NodeKind.Block) continue;
      const list = [body];
      fields[field] = Node.createBlockStatement(list, body.range);
      count(list, body);
    }
    return node;
  };
  for (const { normalizedPath, statements } of program.sources) {
    const [, policy = "", file = ""] = /^policies\/([^/]+)\/(.+)$/.exec(normalizedPath) ?? [];
    if (policies.includes(policy) && file !== "params.ts") rewrite(statements, visit);
  }
  const counters = callsOf(found.length);
  for (const { list, before, isArm, counter } of inserted) {
    const statement = counters[counter] as Parent;
    const call = isArm ? (statement.expression as Node) : statement;
    rewrite(call, (node) => Object.assign(node, { range: before.range }));
    list.splice(list.indexOf(before), 0, Object.assign(call, { range: before.range }));
  }
  parser.parseFile(library(found.length), "~lib/sluice/coverage.ts", false);
  program.options.initialMemory += Math.ceil((found.length * COUNTER) / PAGE);
  return found;
}

const isSuper = (node: Node): boolean =>
  (node as Parent).expression?.expression?.kind === NodeKind.Super;

/** The calls, as if someone had written them. */
function callsOf(number: number): Node[] {
  const program = newProgram(newOptions());
  const text = Array.from({ length: number }, (_, i) => `__ran(${i});`).join("\n");
  parse(program, text, "calls.ts", true);
  return program.sources.find((one) => one.normalizedPath === "calls.ts")?.statements ?? [];
}

const library = (number: number): string =>
  [
    `@global @lazy const COUNTERS: usize = memory.data(${Math.max(1, number) * COUNTER});`,
    "@global function __ran(statement: i32): void {",
    `  const at = COUNTERS + <usize>statement * ${COUNTER};`,
    "  store<u32>(at, load<u32>(at) + 1);",
    "}",
  ].join("\n");
