/** Fields, indexes and sizes. */
import { Node, Op } from "./syntax/tree";
import { BytesValue, Kind, ListValue, MapValue, Value, kindName } from "./value";
import { pointsOf } from "./functions/texts";

export function wrong(what: string, found: Value): Value {
  return found.isError ? found : Value.error(what + " does not work on " + kindName(found.kind));
}

export function select(node: Node, holder: Value): Value {
  if (holder.kind != Kind.Map) return wrong("`." + node.text + "`", holder);
  const value = changetype<MapValue>(holder).field(node.text);
  if (node.op == Op.Has) return Value.bool(value !== null);
  return value ? value : Value.error("there is no `" + node.text + "`");
}

export function index(holder: Value, by: Value): Value {
  if (holder.kind == Kind.Map) {
    const value = changetype<MapValue>(holder).find(by);
    if (value) return value;
    return Value.error(
      by.kind == Kind.String ? "there is no `" + by.text + "`" : "a map lacks a key",
    );
  }
  if (holder.kind != Kind.List) return wrong("an index", holder);
  const list = changetype<ListValue>(holder);
  const place = by.number;
  if (!by.isNumber || !(place >= 0) || place >= list.size() || place != Math.floor(place)) {
    return Value.error("an index lies outside of the list");
  }
  return list.at(<i32>place);
}

export function sizeable(value: Value): bool {
  return (
    value.kind == Kind.List ||
    value.kind == Kind.Map ||
    value.kind == Kind.String ||
    value.kind == Kind.Bytes
  );
}

export function sizeOf(value: Value): i32 {
  if (value.kind == Kind.String) return pointsOf(value.text);
  return weightOf(value);
}

/** Items of a list or a map, bytes of bytes: what going through it costs. */
export function weightOf(value: Value): i32 {
  switch (value.kind) {
    case Kind.List:
      return changetype<ListValue>(value).size();
    case Kind.Map:
      return changetype<MapValue>(value).size();
    case Kind.Bytes:
      return changetype<BytesValue>(value).bytes.byteLength;
  }
  return 0;
}
