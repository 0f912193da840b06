import { Activation } from "../../../../sdk/std/cel/activation";
import { Expression } from "../../../../sdk/std/cel/expression";
import { Declarations, list, map, typeName } from "../../../../sdk/std/cel/types";
import {
  BytesValue,
  Kind,
  ListValue,
  MapValue,
  Value,
  kindName,
} from "../../../../sdk/std/cel/value";
import { hex } from "../../../../sdk/std/encoding/hex";
export * from "./regions";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

/** `a: 1` and `b: 2, 3` as headers, made only when they are asked for. */
class Headers extends MapValue {
  size(): i32 {
    return 2;
  }

  keyAt(index: i32): Value {
    return Value.string(index ? "b" : "a");
  }

  field(name: string): Value | null {
    return name == "a" ? new Values(1) : name == "b" ? new Values(2) : null;
  }
}

class Values extends ListValue {
  constructor(private count: i32) {
    super();
  }

  size(): i32 {
    return this.count;
  }

  at(index: i32): Value {
    return Value.string((this.count + index).toString());
  }
}

class Request extends MapValue {
  constructor(private path: string) {
    super();
  }

  size(): i32 {
    return 2;
  }

  keyAt(index: i32): Value {
    return Value.string(index ? "Path" : "Headers");
  }

  field(name: string): Value | null {
    if (name == "Path") return Value.string(this.path);
    return name == "Headers" ? new Headers() : null;
  }
}

class Call extends Activation {
  constructor(private path: string) {
    super();
  }

  find(name: string): Value | null {
    if (name == "request") return new Request(this.path);
    return name == "any" ? Value.int(7) : null;
  }
}

function known(): Declarations {
  return new Declarations()
    .variable("request.Path", Kind.String)
    .variable("request.Headers", map(list(Kind.String)))
    .variable("absent", Kind.Dyn)
    .variable("any", Kind.Dyn);
}

export function compile(source: string): Expression | null {
  return Expression.compile(source, known());
}

export function problem(source: string): string | null {
  return Expression.problem(source, known());
}

export function typeOf(expression: Expression): string {
  return typeName(expression.type);
}

export function evaluate(expression: Expression, path: string): string {
  return show(expression.evaluate(new Call(path)));
}

function show(value: Value): string {
  switch (value.kind) {
    case Kind.Bool:
      return value.isTrue ? "true" : "false";
    case Kind.Null:
      return "null";
    case Kind.Int:
      return value.bits.toString();
    case Kind.Uint:
      return (<u64>value.bits).toString() + "u";
    case Kind.Double:
      return value.number.toString();
    case Kind.String:
      return '"' + value.text + '"';
    case Kind.Bytes:
      return "0x" + hex(changetype<BytesValue>(value).bytes);
    case Kind.List: {
      const items = new Array<string>();
      const all = changetype<ListValue>(value);
      for (let i = 0; i < all.size(); i++) items.push(show(all.at(i)));
      return "[" + items.join(", ") + "]";
    }
    case Kind.Map: {
      const items = new Array<string>();
      const all = changetype<MapValue>(value);
      for (let i = 0; i < all.size(); i++) {
        items.push(show(all.keyAt(i)) + ": " + show(all.find(all.keyAt(i))!));
      }
      return "{" + items.join(", ") + "}";
    }
    case Kind.Type:
      return "type " + value.text;
    case Kind.Error:
      return "error: " + value.text;
  }
  return kindName(value.kind) + " " + value.bits.toString() + " " + value.nanos.toString();
}
