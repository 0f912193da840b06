/**
 * The Common Expression Language, for conditions and keys. Compile when a policy is configured:
 *
 *     const known = new Declarations().variable("request.Path", Kind.String)
 *       .variable("request.Headers", map(list(Kind.String)));
 *     const condition = Expression.compile("request.Path.startsWith('/v1/')", known);
 *     const why = Expression.problem("request.Pth == 1", known);   // what is wrong, null if nothing is
 *
 * and evaluate with an `Activation`, which answers for the variables. The outcome is a value; one of
 * `Kind.Error` says what went wrong. All of CEL's kinds, operators, macros and standard functions are
 * here, and the usual ones on strings. Not here: messages, protobuf's wrapper types, time zones by name,
 * patterns of `matches` that are not literals. Limits: 8,192 characters, 48 levels, 8 macros in each other, 10,000
 * steps an evaluation.
 */
import { Checker } from "./check";
import { Activation } from "./activation";
import { Evaluator } from "./evaluate";
import { Parser } from "./syntax/parser";
import { Node } from "./syntax/tree";
import { Declarations } from "./types";
import { Value } from "./value";

export class Expression {
  private constructor(
    private tree: Node,
    /** The type of its value, `Kind.Dyn` if only an evaluation can tell. */
    readonly type: i32,
  ) {}

  static compile(source: string, declarations: Declarations): Expression | null {
    const parser = new Parser(source);
    const tree = parser.parse();
    if (parser.error.length) return null;
    const checker = new Checker(declarations);
    const type = checker.type(tree);
    return checker.error.length ? null : new Expression(tree, type);
  }

  static problem(source: string, declarations: Declarations): string | null {
    const parser = new Parser(source);
    const tree = parser.parse();
    if (parser.error.length) return parser.error;
    const checker = new Checker(declarations);
    checker.type(tree);
    return checker.error.length ? checker.error : null;
  }

  evaluate(activation: Activation): Value {
    return new Evaluator(activation).value(this.tree);
  }
}
