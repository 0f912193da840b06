/** Reads an expression into a tree by the precedence of its operators. */
import { Lexer, Token } from "./lexer";
import { bindingOf, operatorAt } from "./operators";
import { Node, Op } from "./tree";
import { BytesValue, Value } from "../value";

/** Levels of a tree, brackets and operators that wait for each other: each takes two frames of the stack. */
export const MAX_DEPTH = 48;
export const MAX_LENGTH = 8192;

const RESERVED =
  " as break const continue else for function if import let loop package namespace return var void while ";

export class Parser {
  private lexer: Lexer;
  private nesting: i32 = 0;

  constructor(source: string) {
    this.lexer = new Lexer(source);
    if (source.length > MAX_LENGTH)
      this.lexer.fail("the expression is longer than 8192 characters", 0);
  }

  get error(): string {
    return this.lexer.error;
  }

  parse(): Node {
    const node = this.expression(1);
    if (this.lexer.token != Token.End) this.fail("an operator is missing", this.lexer.start);
    return node;
  }

  private fail(reason: string, at: i32): Node {
    this.lexer.fail(reason, at);
    return new Node(Op.Literal, at);
  }

  private checked(node: Node): Node {
    return node.depth > MAX_DEPTH
      ? this.fail("the expression is deeper than 48 levels", node.at)
      : node;
  }

  private accept(sign: i32): bool {
    if (!this.lexer.is(sign)) return false;
    this.lexer.next();
    return true;
  }

  private expect(sign: i32): void {
    if (this.accept(sign) || this.lexer.error.length) return;
    this.lexer.fail("`" + String.fromCharCode(sign) + "` is missing", this.lexer.start);
  }

  private expression(least: i32): Node {
    if (++this.nesting > MAX_DEPTH)
      return this.fail("the expression is deeper than 48 levels", this.lexer.start);
    let left = this.unary();
    for (;;) {
      const at = this.lexer.start;
      const op = operatorAt(this.lexer);
      const binding = bindingOf(op);
      if (binding < least || !binding) break;
      this.lexer.next();
      if (op == Op.Conditional) {
        const node = new Node(op, at);
        node.add(left);
        node.add(this.expression(2));
        this.expect(0x3a);
        node.add(this.expression(1));
        left = this.checked(node);
        continue;
      }
      const right = this.expression(binding + 1);
      // Long chains of `||` and `&&` are one level.
      if ((op == Op.And || op == Op.Or) && left.op == op) {
        left.add(right);
      } else {
        const node = new Node(op, at);
        node.add(left);
        node.add(right);
        left = node;
      }
      left = this.checked(left);
    }
    this.nesting--;
    return left;
  }

  private unary(): Node {
    const at = this.lexer.start;
    const not = this.lexer.is(0x21);
    if (!not && !this.lexer.is(0x2d)) return this.members(this.primary());
    this.lexer.next();
    if (!not && (this.lexer.token == Token.Int || this.lexer.token == Token.Double)) {
      return this.members(this.literal(true));
    }
    if (++this.nesting > MAX_DEPTH) return this.fail("the expression is deeper than 48 levels", at);
    const node = new Node(not ? Op.Not : Op.Negate, at);
    node.add(this.unary());
    this.nesting--;
    return this.checked(node);
  }

  private literal(negative: bool): Node {
    const lexer = this.lexer;
    const node = new Node(Op.Literal, lexer.start);
    switch (lexer.token) {
      case Token.Int:
        if (lexer.value > <u64>i64.MAX_VALUE && !negative) {
          return this.fail("a number is too large for 64 bits", lexer.start);
        }
        node.value = Value.int(negative ? -(<i64>lexer.value) : <i64>lexer.value);
        break;
      case Token.Uint:
        node.value = Value.uint(lexer.value);
        break;
      case Token.Double:
        node.value = Value.double(negative ? -lexer.number : lexer.number);
        break;
      case Token.String:
        node.value = Value.string(lexer.text);
        break;
      default:
        node.value = new BytesValue(lexer.bytes!);
    }
    lexer.next();
    return node;
  }

  private primary(): Node {
    const lexer = this.lexer;
    const at = lexer.start;
    if (lexer.token == Token.Name) return this.name();
    if (lexer.token == Token.End) return this.fail("the expression ends too early", at);
    if (lexer.token != Token.Sign) return this.literal(false);
    if (this.accept(0x28)) {
      const node = this.expression(1);
      this.expect(0x29);
      // Brackets end a chain: `(a || b) || c` stays two levels, which is the same.
      return node;
    }
    if (this.accept(0x5b)) {
      const node = new Node(Op.List, at);
      this.arguments(node, 0x5d, false);
      return this.checked(node);
    }
    if (this.accept(0x7b)) {
      const node = new Node(Op.Map, at);
      this.arguments(node, 0x7d, true);
      return this.checked(node);
    }
    if (this.accept(0x2e)) return this.name();
    return this.fail("`" + String.fromCharCode(lexer.sign & 0xff) + "` has no value before it", at);
  }

  private name(): Node {
    const lexer = this.lexer;
    const at = lexer.start;
    const text = lexer.text;
    if (lexer.token != Token.Name || text == "in") return this.fail("a name is missing", at);
    if (RESERVED.includes(" " + text + " "))
      return this.fail("`" + text + "` is a reserved word", at);
    lexer.next();
    const node = new Node(Op.Name, at);
    node.text = text;
    if (text == "true" || text == "false") {
      node.op = Op.Literal;
      node.value = Value.bool(text == "true");
    } else if (text == "null") {
      node.op = Op.Literal;
      node.value = Value.null();
    } else if (this.accept(0x28)) {
      node.op = Op.Call;
      this.arguments(node, 0x29, false);
      if (text == "has") return this.has(node);
    } else if (lexer.is(0x7b)) {
      return this.fail("messages, `" + text + "{…}`, are not supported", at);
    }
    return node;
  }

  private has(node: Node): Node {
    if (node.children.length != 1 || node.children[0].op != Op.Select) {
      return this.fail("has() takes one field, as in has(a.b)", node.at);
    }
    const field = node.children[0];
    field.op = Op.Has;
    return field;
  }

  private members(first: Node): Node {
    let node = first;
    for (let count = 0; !this.lexer.error.length; count++) {
      const at = this.lexer.start;
      if (this.accept(0x5b)) {
        const index = new Node(Op.Index, at);
        index.add(node);
        index.add(this.expression(1));
        this.expect(0x5d);
        node = this.checked(index);
      } else if (this.accept(0x2e)) {
        const lexer = this.lexer;
        if (lexer.token != Token.Name) return this.fail("a field's name is missing", lexer.start);
        const member = new Node(Op.Select, at);
        member.text = lexer.text;
        member.add(node);
        lexer.next();
        if (this.accept(0x28)) {
          member.op = Op.Call;
          member.method = true;
          this.arguments(member, 0x29, false);
          this.macro(member);
        }
        node = this.checked(member);
      } else break;
    }
    return node;
  }

  /** Makes `list.all(x, …)` and its like what they are. */
  private macro(node: Node): void {
    const count = node.children.length;
    let op = Op.Call;
    if (node.text == "all") op = Op.All;
    else if (node.text == "exists") op = Op.Exists;
    else if (node.text == "exists_one") op = Op.ExistsOne;
    else if (node.text == "filter") op = Op.Filter;
    else if (node.text == "map") op = Op.Transform;
    if (op == Op.Call) return;
    if (count != 3 && !(op == Op.Transform && count == 4)) {
      this.fail(node.text + "() takes a variable and an expression", node.at);
    } else if (node.children[1].op != Op.Name) {
      this.fail("the first argument of " + node.text + "() must be a name", node.children[1].at);
    } else {
      node.op = op;
      node.text = node.children[1].text;
      node.children.splice(1, 1);
    }
  }

  private arguments(node: Node, end: i32, pairs: bool): void {
    while (!this.lexer.is(end) && !this.lexer.error.length) {
      node.add(this.expression(1));
      if (pairs) {
        this.expect(0x3a);
        node.add(this.expression(1));
      }
      if (!this.accept(0x2c)) break;
    }
    this.expect(end);
  }
}
