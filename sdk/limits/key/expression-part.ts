/** A part of a key that an expression gives. */
import { Request } from "../../request";
import { RequestExpression } from "../expression";
import { KeyPart } from "./key";

export class ExpressionPart extends KeyPart {
  constructor(private expression: RequestExpression) {
    super();
  }

  of(request: Request): string {
    const value = this.expression.text();
    return value === null ? "_missing_cel_" : value;
  }
}
