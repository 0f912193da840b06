/** Equality and order of values. */
import { BytesValue, Kind, ListValue, MapValue, Value } from "./value";

/** What `compare` says of values that have no order. */
export const UNORDERED = 2;

/** -1, 0 or 1; numbers of different kinds compare by their value. */
export function compare(a: Value, b: Value): i32 {
  if (a.isNumber && b.isNumber) return compareNumbers(a, b);
  if (a.kind != b.kind) return UNORDERED;
  switch (a.kind) {
    case Kind.Bool:
    case Kind.Duration:
      return sign(a.bits, b.bits);
    case Kind.Timestamp: {
      const whole = sign(a.bits, b.bits);
      return whole ? whole : sign(a.nanos, b.nanos);
    }
    case Kind.String:
      return compareTexts(a.text, b.text);
    case Kind.Bytes: {
      const left = changetype<BytesValue>(a).bytes;
      const right = changetype<BytesValue>(b).bytes;
      const least = min(left.byteLength, right.byteLength);
      const order = memory.compare(left.dataStart, right.dataStart, least);
      if (order) return order < 0 ? -1 : 1;
      return sign(left.byteLength, right.byteLength);
    }
  }
  return UNORDERED;
}

function compareNumbers(a: Value, b: Value): i32 {
  if (a.kind == Kind.Double || b.kind == Kind.Double) {
    const left = a.number;
    const right = b.number;
    if (left != left || right != right) return UNORDERED;
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (a.kind == b.kind && a.kind == Kind.Int) return sign(a.bits, b.bits);
  if (a.kind != b.kind) {
    // What is negative is below every unsigned number.
    if (a.kind == Kind.Int && a.bits < 0) return -1;
    if (b.kind == Kind.Int && b.bits < 0) return 1;
  }
  const left = <u64>a.bits;
  const right = <u64>b.bits;
  return left < right ? -1 : left > right ? 1 : 0;
}

function sign(a: i64, b: i64): i32 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By code points: half of a pair of UTF-16 stands for one above all single units. */
function compareTexts(a: string, b: string): i32 {
  const least = min(a.length, b.length);
  for (let i = 0; i < least; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left == right) continue;
    const leftPair = (left & 0xf800) == 0xd800;
    if (leftPair != ((right & 0xf800) == 0xd800)) return leftPair ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return sign(a.length, b.length);
}

/** True if two values are equal; `depth` bounds lists in lists, below which nothing is equal. */
export function equal(a: Value, b: Value, depth: i32 = 32): bool {
  if (a.isNumber && b.isNumber) return compareNumbers(a, b) == 0;
  if (a.kind != b.kind || !depth) return false;
  switch (a.kind) {
    case Kind.Null:
      return true;
    case Kind.Type:
      return a.text == b.text;
    case Kind.List: {
      const left = changetype<ListValue>(a);
      const right = changetype<ListValue>(b);
      const size = left.size();
      if (size != right.size()) return false;
      for (let i = 0; i < size; i++) {
        if (!equal(left.at(i), right.at(i), depth - 1)) return false;
      }
      return true;
    }
    case Kind.Map: {
      const left = changetype<MapValue>(a);
      const right = changetype<MapValue>(b);
      const size = left.size();
      if (size != right.size()) return false;
      for (let i = 0; i < size; i++) {
        const key = left.keyAt(i);
        const one = left.find(key);
        const other = right.find(key);
        if (!one || !other || !equal(one, other, depth - 1)) return false;
      }
      return true;
    }
  }
  return compare(a, b) == 0;
}
