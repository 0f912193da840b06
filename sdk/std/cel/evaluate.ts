/**
 * Evaluates a checked tree. Every step costs, texts by their length, so that no expression runs away
 * over what a request brings; nothing of it outlives the callback.
 */
import { index, select, sizeOf, sizeable, weightOf, wrong } from "./access";
import { Activation } from "./activation";
import { calculate } from "./arithmetic";
import { MAX_LOCALS } from "./check";
import { UNORDERED, compare, equal } from "./compare";
import { convert } from "./functions/convert";
import { Fn } from "./functions/table";
import { find, pointsOf, textFunction } from "./functions/texts";
import { timeFunction } from "./functions/times";
import { Node, Op } from "./syntax/tree";
import {
  BytesValue,
  EntriesValue,
  ItemsValue,
  Kind,
  ListValue,
  MapValue,
  Value,
  kindName,
} from "./value";

/** Steps of one evaluation; a text costs one for each 64 characters, a list one for each item. */
export const MAX_COST = 10000;
const TOO_COSTLY = "the expression costs more than 10000 steps";

export class Evaluator {
  private left: i32 = MAX_COST;
  private locals: StaticArray<Value | null> = new StaticArray<Value | null>(MAX_LOCALS);

  constructor(private activation: Activation) {}

  value(node: Node): Value {
    if (--this.left < 0) return Value.error(TOO_COSTLY);
    const children = node.children;
    switch (node.op) {
      case Op.Literal:
        return node.value!;
      case Op.Name: {
        const value = this.activation.find(node.text);
        return value ? value : Value.error("`" + node.text + "` has no value");
      }
      case Op.Local:
        return this.locals[node.slot]!;
      case Op.Call:
        return this.call(node);
      case Op.List:
        return this.list(node);
      case Op.Map:
        return this.map(node);
      case Op.And:
      case Op.Or:
        return this.logic(node);
      case Op.All:
      case Op.Exists:
      case Op.ExistsOne:
      case Op.Filter:
      case Op.Transform:
        return this.macro(node);
    }
    const a = this.value(children[0]);
    if (a.isError) return a;
    switch (node.op) {
      case Op.Select:
      case Op.Has:
        return select(node, a);
      case Op.Not:
        return a.kind == Kind.Bool ? Value.bool(!a.isTrue) : wrong("`!`", a);
      case Op.Negate:
        return a.kind == Kind.Double
          ? Value.double(-a.number)
          : a.kind != Kind.Int
            ? wrong("`-`", a)
            : calculate(Op.Subtract, Value.int(0), a);
      case Op.Conditional:
        if (a.kind != Kind.Bool) return wrong("`?`", a);
        return this.value(children[a.isTrue ? 1 : 2]);
    }
    const b = this.value(children[1]);
    return b.isError ? b : this.binary(node.op, a, b);
  }

  /** Takes what is gone through. */
  private pay(characters: i32, items: i32): void {
    this.left -= (characters >> 6) + items;
  }

  private binary(op: Op, a: Value, b: Value): Value {
    this.pay(a.text.length + b.text.length, weightOf(a));
    switch (op) {
      case Op.Equal:
      case Op.NotEqual:
        return Value.bool(equal(a, b) == (op == Op.Equal));
      case Op.Less:
      case Op.LessEqual:
      case Op.Greater:
      case Op.GreaterEqual: {
        const order = compare(a, b);
        if (order == UNORDERED) {
          if (a.isNumber && b.isNumber) return Value.bool(false);
          return Value.error("cannot compare " + kindName(a.kind) + " with " + kindName(b.kind));
        }
        if (op == Op.Less) return Value.bool(order < 0);
        if (op == Op.LessEqual) return Value.bool(order <= 0);
        return Value.bool(op == Op.Greater ? order > 0 : order >= 0);
      }
      case Op.In:
        return this.within(a, b);
      case Op.Index:
        return index(a, b);
    }
    this.pay(0, weightOf(b));
    if (this.left < 0) return Value.error(TOO_COSTLY);
    return calculate(op, a, b);
  }

  private within(item: Value, holder: Value): Value {
    this.pay(0, weightOf(holder));
    if (holder.kind == Kind.Map)
      return Value.bool(changetype<MapValue>(holder).find(item) !== null);
    if (holder.kind != Kind.List) return wrong("`in`", holder);
    const list = changetype<ListValue>(holder);
    for (let i = 0; i < list.size(); i++) {
      if (equal(list.at(i), item)) return Value.bool(true);
    }
    return Value.bool(false);
  }

  /** An error counts only if no other operand decides. */
  private logic(node: Node): Value {
    const decides = node.op == Op.Or;
    let error: Value | null = null;
    for (let i = 0; i < node.children.length; i++) {
      const value = this.value(node.children[i]);
      if (value.kind == Kind.Bool) {
        if (value.isTrue == decides) return value;
      } else if (!error) error = value.isError ? value : wrong(decides ? "`||`" : "`&&`", value);
    }
    return error ? error : Value.bool(!decides);
  }

  private list(node: Node): Value {
    const items = new Array<Value>();
    for (let i = 0; i < node.children.length; i++) {
      const item = this.value(node.children[i]);
      if (item.isError) return item;
      items.push(item);
    }
    return new ItemsValue(items);
  }

  private map(node: Node): Value {
    const map = new EntriesValue();
    for (let i = 0; i < node.children.length; i += 2) {
      const key = this.value(node.children[i]);
      if (key.isError) return key;
      const value = this.value(node.children[i + 1]);
      if (value.isError) return value;
      if (map.find(key)) return Value.error("a map has a key twice");
      this.pay(0, map.size());
      map.set(key, value);
    }
    return map;
  }

  private macro(node: Node): Value {
    const holder = this.value(node.children[0]);
    if (holder.isError) return holder;
    if (holder.kind != Kind.List && holder.kind != Kind.Map) return wrong("a macro", holder);
    const size = sizeOf(holder);
    const op = node.op;
    const last = node.children.length - 1;
    const made = new Array<Value>();
    let count = 0;
    let error: Value | null = null;
    for (let i = 0; i < size; i++) {
      if (this.left < 0) return Value.error(TOO_COSTLY);
      const item =
        holder.kind == Kind.List
          ? changetype<ListValue>(holder).at(i)
          : changetype<MapValue>(holder).keyAt(i);
      this.locals[node.slot] = item;
      const test =
        op == Op.Transform && last == 1 ? Value.bool(true) : this.value(node.children[1]);
      if (test.kind != Kind.Bool) {
        const failed = test.isError ? test : wrong("a macro", test);
        if (op != Op.All && op != Op.Exists) return failed;
        error = failed;
        continue;
      }
      if (op == Op.All && !test.isTrue) return test;
      if (!test.isTrue) continue;
      if (op == Op.Exists) return test;
      count++;
      if (op == Op.Filter) made.push(item);
      else if (op == Op.Transform) {
        const value = this.value(node.children[last]);
        if (value.isError) return value;
        made.push(value);
      }
    }
    if (op == Op.Filter || op == Op.Transform) return new ItemsValue(made);
    if (error) return error;
    return Value.bool(op == Op.All || (op == Op.ExistsOne && count == 1));
  }

  private call(node: Node): Value {
    const args = new Array<Value>();
    for (let i = 0; i < node.children.length; i++) {
      const value = this.value(node.children[i]);
      if (value.isError) return value;
      this.pay(value.text.length, weightOf(value));
      args.push(value);
    }
    if (this.left < 0) return Value.error(TOO_COSTLY);
    const first = args[0];
    switch (node.fn) {
      case Fn.Size:
        return sizeable(first) ? Value.int(sizeOf(first)) : wrong("size()", first);
      case Fn.Dyn:
        return first;
      case Fn.Type:
        return new Value(Kind.Type, 0, kindName(first.kind));
      case Fn.Matches:
        return first.kind == Kind.String
          ? Value.bool(node.regex!.test(first.text))
          : wrong("matches()", first);
      case Fn.Contains:
      case Fn.StartsWith:
      case Fn.EndsWith: {
        if (first.kind != Kind.String || args[1].kind != Kind.String)
          return wrong(node.text + "()", first);
        const text = first.text;
        const sought = args[1].text;
        if (node.fn == Fn.StartsWith) return Value.bool(text.startsWith(sought));
        return Value.bool(
          node.fn == Fn.EndsWith ? text.endsWith(sought) : find(text, sought, 0) >= 0,
        );
      }
    }
    if (node.fn >= Fn.LowerAscii) {
      const made = textFunction(node.fn, args);
      this.pay(made.text.length, weightOf(made));
      return made;
    }
    if (node.fn >= Fn.GetFullYear) return timeFunction(node.fn, args);
    return convert(node.fn, first);
  }
}
