/** Operators between two operands, and how tightly they bind. */
import { Lexer, Token } from "./lexer";
import { Op } from "./tree";

/** The operator that the lexer is at; `Op.Literal` if there is none. */
export function operatorAt(lexer: Lexer): Op {
  if (lexer.token == Token.Name) return lexer.text == "in" ? Op.In : Op.Literal;
  if (lexer.token != Token.Sign) return Op.Literal;
  switch (lexer.sign) {
    case 0x3f:
      return Op.Conditional;
    case 0x7c7c:
      return Op.Or;
    case 0x2626:
      return Op.And;
    case 0x3d3d:
      return Op.Equal;
    case 0x213d:
      return Op.NotEqual;
    case 0x3c:
      return Op.Less;
    case 0x3c3d:
      return Op.LessEqual;
    case 0x3e:
      return Op.Greater;
    case 0x3e3d:
      return Op.GreaterEqual;
    case 0x2b:
      return Op.Add;
    case 0x2d:
      return Op.Subtract;
    case 0x2a:
      return Op.Multiply;
    case 0x2f:
      return Op.Divide;
    case 0x25:
      return Op.Remainder;
  }
  return Op.Literal;
}

/** 0 for what is no operator. */
export function bindingOf(op: Op): i32 {
  if (op == Op.Conditional) return 1;
  if (op == Op.Or) return 2;
  if (op == Op.And) return 3;
  if (op >= Op.Equal && op <= Op.In) return 4;
  if (op == Op.Add || op == Op.Subtract) return 5;
  return op >= Op.Multiply && op <= Op.Remainder ? 6 : 0;
}
