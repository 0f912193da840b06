/** A CEL expression about a request, as `executionCondition` sees it, that gives a text or a number. */
import { RequestActivation, declarations, remember } from "../engine/conditions/condition";
import { stream } from "../engine/live";
import { decimal } from "../hostcalls/text";
import { Expression } from "../std/cel/expression";
import { Kind, Value, kindName } from "../std/cel/value";

export class RequestExpression {
  private constructor(
    private expression: Expression,
    /** True if it looks at the request, which the host has forgotten when the response is here. */
    readonly looksBack: bool,
  ) {}

  /** What is wrong with it, null if nothing is. */
  static problem(text: string, numeric: bool): string | null {
    const expression = Expression.compile(text, declarations());
    if (expression === null) {
      const why = Expression.problem(text, declarations());
      return why === null ? "is not valid" : why;
    }
    const type = expression.type;
    if (type == Kind.Dyn || type == Kind.Int || type == Kind.Uint || type == Kind.Double)
      return null;
    if (!numeric && (type == Kind.String || type == Kind.Bool)) return null;
    const wanted = numeric ? "a number" : "a text, a number or a truth value";
    return "expected " + wanted + ", found " + kindName(type & 15);
  }

  /** What is wrong with it as a condition, null if nothing is. */
  static problemOfCondition(text: string): string | null {
    const expression = Expression.compile(text, declarations());
    if (expression === null) return RequestExpression.problem(text, false);
    const type = expression.type;
    if (type == Kind.Dyn || type == Kind.Bool) return null;
    return "expected a truth value, found " + kindName(type & 15);
  }

  /** Of a text without a `problem`; one that has one always gives nothing. */
  static compile(text: string): RequestExpression | null {
    const expression = Expression.compile(text, declarations());
    return expression === null ? null : new RequestExpression(expression, text.includes("equest"));
  }

  /** Called with the request, for an expression that is evaluated with the response. */
  rememberRequest(): void {
    if (this.looksBack) remember(stream());
  }

  /** Null if it could not be evaluated. */
  text(): string | null {
    const value = this.evaluate();
    if (value.kind == Kind.String) return value.text;
    if (value.kind == Kind.Bool) return value.isTrue ? "true" : "false";
    if (value.kind == Kind.Int) return decimal(value.bits);
    return value.isNumber ? value.number.toString() : null;
  }

  /** Not a number if it could not be evaluated. */
  number(): f64 {
    const value = this.evaluate();
    return value.isNumber ? value.number : NaN;
  }

  private evaluate(): Value {
    return this.expression.evaluate(new RequestActivation());
  }
}
