/**
 * Checks an expression before it is ever evaluated: names, functions, numbers of arguments, and types as
 * far as they are declared. Compiles the patterns of `matches`, and gives macros' variables their places.
 */
import { Regex } from "../regex/regex";
import { kindOfResult } from "./arithmetic";
import { Fn, functionOf, kindOf, signatureOf } from "./functions/table";
import { Node, Op } from "./syntax/tree";
import { Declarations, inner, isNumeric, kind, list, map, typeName } from "./types";
import { Kind, Value } from "./value";

export const MAX_LOCALS = 8;

export class Checker {
  error: string = "";
  private scope: Array<string> = [];
  private scopeTypes: Array<i32> = [];

  constructor(private declarations: Declarations) {}

  private fail(reason: string, node: Node): i32 {
    if (!this.error.length) this.error = reason + ", at " + node.at.toString();
    return Kind.Dyn;
  }

  /** The type of a node; `Kind.Dyn` if only an evaluation can tell. */
  type(node: Node): i32 {
    if (this.error.length) return Kind.Dyn;
    switch (node.op) {
      case Op.Literal:
        return node.value!.kind;
      case Op.Name:
        return this.name(node);
      case Op.Select:
      case Op.Has:
        return this.select(node);
      case Op.Call:
        return this.call(node);
      case Op.List:
        return this.list(node);
      case Op.Map:
        return this.map(node);
      case Op.Conditional:
        return this.conditional(node);
      case Op.All:
      case Op.Exists:
      case Op.ExistsOne:
      case Op.Filter:
      case Op.Transform:
        return this.macro(node);
      case Op.Not:
      case Op.And:
      case Op.Or:
        for (let i = 0; i < node.children.length; i++) this.want(node.children[i], Kind.Bool);
        return Kind.Bool;
    }
    const left = this.type(node.children[0]);
    return node.children.length == 1
      ? this.negate(node, left)
      : this.binary(node, left, this.type(node.children[1]));
  }

  private want(node: Node, wanted: Kind): void {
    const found = this.type(node);
    if (kind(found) == wanted || kind(found) == Kind.Dyn || this.error.length) return;
    this.fail("expected " + typeName(wanted) + ", found " + typeName(found), node);
  }

  private name(node: Node): i32 {
    for (let i = this.scope.length - 1; i >= 0; i--) {
      if (this.scope[i] != node.text) continue;
      node.op = Op.Local;
      node.slot = i;
      return this.scopeTypes[i];
    }
    const type = this.declarations.typeOf(node.text);
    if (type >= 0) return type;
    if (this.declarations.isRecord(node.text)) return Kind.Map;
    const at = "bool int uint double string bytes list map type null_type"
      .split(" ")
      .indexOf(node.text);
    if (at >= 0) {
      node.op = Op.Literal;
      node.value = new Value(Kind.Type, 0, node.text);
      return Kind.Type;
    }
    return this.fail("there is no variable `" + node.text + "`", node);
  }

  private select(node: Node): i32 {
    const test = node.op == Op.Has;
    const holder = this.type(node.children[0]);
    const parent = node.children[0].path;
    if (parent.length && this.declarations.isRecord(parent)) {
      const path = parent + "." + node.text;
      const type = this.declarations.typeOf(path);
      if (type < 0 && !this.declarations.isRecord(path)) {
        return this.fail("`" + parent + "` has no field `" + node.text + "`", node);
      }
      return test ? Kind.Bool : type < 0 ? Kind.Map : type;
    }
    if (kind(holder) != Kind.Map && kind(holder) != Kind.Dyn) {
      return this.fail(typeName(holder) + " has no field `" + node.text + "`", node);
    }
    return test ? Kind.Bool : kind(holder) == Kind.Map ? inner(holder) : Kind.Dyn;
  }

  private list(node: Node): i32 {
    let type: i32 = Kind.Dyn;
    for (let i = 0; i < node.children.length; i++) {
      const own = this.type(node.children[i]);
      type = i == 0 || type == own ? own : Kind.Dyn;
    }
    return list(type);
  }

  private map(node: Node): i32 {
    let type: i32 = Kind.Dyn;
    for (let i = 0; i < node.children.length; i += 2) {
      const key = kind(this.type(node.children[i]));
      if (
        key == Kind.Double ||
        key == Kind.List ||
        key == Kind.Map ||
        key == Kind.Null ||
        key == Kind.Bytes
      ) {
        return this.fail("a map's key cannot be of type " + typeName(key), node.children[i]);
      }
      const own = this.type(node.children[i + 1]);
      type = i == 0 || type == own ? own : Kind.Dyn;
    }
    return map(type);
  }

  private conditional(node: Node): i32 {
    this.want(node.children[0], Kind.Bool);
    const yes = this.type(node.children[1]);
    const no = this.type(node.children[2]);
    if (yes == no) return yes;
    return kind(yes) == kind(no) ? kind(yes) : Kind.Dyn;
  }

  private negate(node: Node, type: i32): i32 {
    if (type == Kind.Int || type == Kind.Double || type == Kind.Dyn) return type;
    return this.fail("`-` does not work on " + typeName(type), node);
  }

  private binary(node: Node, left: i32, right: i32): i32 {
    const a = kind(left);
    const b = kind(right);
    const known = a != Kind.Dyn && b != Kind.Dyn;
    switch (node.op) {
      case Op.Equal:
      case Op.NotEqual:
        if (known && a != b && a != Kind.Null && b != Kind.Null && !(isNumeric(a) && isNumeric(b)))
          break;
        return Kind.Bool;
      case Op.Less:
      case Op.LessEqual:
      case Op.Greater:
      case Op.GreaterEqual: {
        const ordered = a != Kind.List && a != Kind.Map && a != Kind.Null && a != Kind.Type;
        if (known && ((a != b && !(isNumeric(a) && isNumeric(b))) || !ordered)) break;
        return Kind.Bool;
      }
      case Op.In:
        if (b != Kind.List && b != Kind.Map && b != Kind.Dyn) break;
        return Kind.Bool;
      case Op.Index:
        if (a == Kind.Dyn) return Kind.Dyn;
        if (a != Kind.List && a != Kind.Map) break;
        if (a == Kind.List && b != Kind.Dyn && !isNumeric(b)) break;
        return inner(left);
      default:
        if (!known) return Kind.Dyn;
        const type = kindOfResult(node.op, a, b);
        if (type) return a == Kind.List && left == right ? left : type;
    }
    const name = node.op == Op.Index ? "an index" : node.op == Op.In ? "`in`" : "an operator";
    return this.fail(
      name + " does not work on " + typeName(left) + " and " + typeName(right),
      node,
    );
  }

  private call(node: Node): i32 {
    const fn = functionOf(node.text);
    if (fn < 0) return this.fail("there is no function `" + node.text + "`", node);
    node.fn = fn;
    const signature = signatureOf(fn);
    const style = signature.charCodeAt(0);
    if (style != 0x78 && node.method != (style == 0x6d)) {
      return this.fail("`" + node.text + "` is a " + (node.method ? "function" : "method"), node);
    }
    let given = 0;
    let optional = false;
    const count = node.children.length;
    for (let i = 1; i < signature.length; i++) {
      const letter = signature.charCodeAt(i);
      if (letter == 0x3a) break;
      if (letter == 0x5b) optional = true;
      else if (given < count) {
        const wanted = kindOf(letter);
        if (wanted == Kind.Dyn) this.type(node.children[given]);
        else this.want(node.children[given], wanted);
        given++;
      } else if (!optional) given = count + 1;
    }
    if (given != count)
      return this.fail("`" + node.text + "` has another number of arguments", node);
    if (fn == Fn.Matches) this.pattern(node);
    const gives = kindOf(signature.charCodeAt(signature.length - 1));
    return gives == Kind.List ? list(Kind.String) : gives;
  }

  private pattern(node: Node): void {
    const pattern = node.children[1];
    if (pattern.op != Op.Literal) {
      this.fail("the pattern of matches() must be written as a string", pattern);
      return;
    }
    const problem = Regex.problem(pattern.value!.text, "");
    if (problem === null) node.regex = Regex.compile(pattern.value!.text, "");
    else this.fail("the pattern is not valid: " + problem, pattern);
  }

  private macro(node: Node): i32 {
    const holder = this.type(node.children[0]);
    const outer = kind(holder);
    if (outer != Kind.List && outer != Kind.Map && outer != Kind.Dyn) {
      return this.fail("a macro works on a list or a map, not on " + typeName(holder), node);
    }
    if (this.scope.length == MAX_LOCALS)
      return this.fail("more than 8 macros lie in each other", node);
    node.slot = this.scope.length;
    this.scope.push(node.text);
    this.scopeTypes.push(outer == Kind.List ? inner(holder) : Kind.Dyn);
    const last = node.children.length - 1;
    if (node.op == Op.Transform) {
      if (last == 2) this.want(node.children[1], Kind.Bool);
    } else this.want(node.children[1], Kind.Bool);
    const type = node.op == Op.Transform ? list(this.type(node.children[last])) : <i32>Kind.Bool;
    this.scope.pop();
    this.scopeTypes.pop();
    if (node.op == Op.Filter) return outer == Kind.List ? holder : list(Kind.Dyn);
    return type;
  }
}
