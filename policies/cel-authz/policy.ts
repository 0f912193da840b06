import { LogLevel, Place, Policy, Request, Verdict } from "sluice/sdk";
import { Expression } from "sluice/sdk/std/cel/expression";
import { Kind, kindName } from "sluice/sdk/std/cel/value";
import { Facts, declarations } from "./facts";
import { Params } from "./params";
import { PathTemplate } from "./path-template";

/** Lets a request through only if an expression is true of it. An error, and any other value, is a no. */
export class CelAuthz extends Policy<Params> {
  private expression: Expression | null = null;
  private path: PathTemplate = new PathTemplate("");
  private place: Place = new Place();

  configure(): string | null {
    const p = this.params;
    const known = declarations();
    const expression = Expression.compile(p.expression, known);
    if (expression === null) return "expression: " + Expression.problem(p.expression, known)!;
    if (expression.type != Kind.Bool && expression.type != Kind.Dyn) {
      const found = kindName(expression.type);
      return "expression: expected a value that is true or false, found " + found;
    }
    this.expression = expression;
    this.place = Place.find();
    this.path = new PathTemplate(this.place.context + (p.path.length ? p.path : this.ownPath()));
    return this.path.problem.length ? "path: " + this.path.problem : null;
  }

  /** The operation's path, as the route's name ends with it. */
  private ownPath(): string {
    const at = this.place.routeName.indexOf(" /");
    return at < 0 ? "" : this.place.routeName.substring(at + 1);
  }

  onRequestHeaders(request: Request): Verdict {
    const value = this.expression!.evaluate(new Facts(request, this.path, this.place));
    if (value.isTrue) return Verdict.Continue;
    if (value.kind != Kind.Bool) {
      const what = value.isError
        ? value.text
        : "is " + kindName(value.kind) + ", not true or false";
      request.log(LogLevel.Warn, "refused, because the expression " + what);
    }
    return request.deny(this.params.status, this.params.message);
  }
}
