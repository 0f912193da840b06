/** `+ - * / %` on values; what does not fit is an error, never a wrong number. */
import { BytesValue, ItemsValue, Kind, ListValue, Value, kindName } from "./value";
import { Op } from "./syntax/tree";
import { isNumeric } from "./types";

const MOST_SECONDS: i64 = 253402300799;
const LEAST_SECONDS: i64 = -62135596800;

/** The kind that an operator makes of two kinds, 0 if it does not work on them. */
export function kindOfResult(op: Op, a: Kind, b: Kind): i32 {
  const times = a == Kind.Timestamp || a == Kind.Duration;
  if (a == b && isNumeric(a)) return op == Op.Remainder && a == Kind.Double ? 0 : a;
  if (op == Op.Add) {
    if (a == b && (a == Kind.String || a == Kind.Bytes || a == Kind.List || a == Kind.Duration))
      return a;
    if (a == Kind.Timestamp && b == Kind.Duration) return a;
    if (a == Kind.Duration && b == Kind.Timestamp) return b;
  }
  if (op == Op.Subtract && times) {
    if (b == Kind.Duration) return a;
    if (a == Kind.Timestamp && b == Kind.Timestamp) return Kind.Duration;
  }
  return 0;
}

export function calculate(op: Op, a: Value, b: Value): Value {
  if (a.kind == b.kind) {
    switch (a.kind) {
      case Kind.Int:
        return integers(op, a.bits, b.bits);
      case Kind.Uint:
        return naturals(op, <u64>a.bits, <u64>b.bits);
      case Kind.Double:
        return doubles(op, a.number, b.number);
    }
    if (op == Op.Add) {
      if (a.kind == Kind.String) return Value.string(a.text + b.text);
      if (a.kind == Kind.Bytes)
        return joinBytes(changetype<BytesValue>(a), changetype<BytesValue>(b));
      if (a.kind == Kind.List) return joinLists(changetype<ListValue>(a), changetype<ListValue>(b));
    }
  }
  return times(op, a, b);
}

function integers(op: Op, a: i64, b: i64): Value {
  switch (op) {
    case Op.Add: {
      const sum = a + b;
      return ((a ^ sum) & (b ^ sum)) < 0 ? overflow() : Value.int(sum);
    }
    case Op.Subtract: {
      const rest = a - b;
      return ((a ^ b) & (a ^ rest)) < 0 ? overflow() : Value.int(rest);
    }
    case Op.Multiply: {
      if ((a == -1 && b == i64.MIN_VALUE) || (b == -1 && a == i64.MIN_VALUE)) return overflow();
      const product = a * b;
      return a && product / a != b ? overflow() : Value.int(product);
    }
  }
  if (!b) return Value.error("division by zero");
  if (a == i64.MIN_VALUE && b == -1) return op == Op.Divide ? overflow() : Value.int(0);
  return Value.int(op == Op.Divide ? a / b : a % b);
}

function naturals(op: Op, a: u64, b: u64): Value {
  switch (op) {
    case Op.Add:
      return a > u64.MAX_VALUE - b ? overflow() : Value.uint(a + b);
    case Op.Subtract:
      return a < b ? overflow() : Value.uint(a - b);
    case Op.Multiply:
      return b && a > u64.MAX_VALUE / b ? overflow() : Value.uint(a * b);
  }
  if (!b) return Value.error("division by zero");
  return Value.uint(op == Op.Divide ? a / b : a % b);
}

function doubles(op: Op, a: f64, b: f64): Value {
  switch (op) {
    case Op.Add:
      return Value.double(a + b);
    case Op.Subtract:
      return Value.double(a - b);
    case Op.Multiply:
      return Value.double(a * b);
    case Op.Divide:
      return Value.double(a / b);
  }
  return mismatch(Kind.Double, Kind.Double);
}

function times(op: Op, a: Value, b: Value): Value {
  if (op == Op.Add || op == Op.Subtract) {
    if (a.kind == Kind.Duration && b.kind == Kind.Duration) {
      const sum = integers(op, a.bits, b.bits);
      return sum.isError ? sum : Value.duration(sum.bits);
    }
    if (a.kind == Kind.Timestamp && b.kind == Kind.Duration)
      return moved(a, b.bits, op == Op.Add ? 1 : -1);
    if (op == Op.Add && a.kind == Kind.Duration && b.kind == Kind.Timestamp)
      return moved(b, a.bits, 1);
    if (op == Op.Subtract && a.kind == Kind.Timestamp && b.kind == Kind.Timestamp) {
      const seconds = a.bits - b.bits;
      if (seconds > 9223372035 || seconds < -9223372035) return overflow();
      return Value.duration(seconds * 1000000000 + a.nanos - b.nanos);
    }
  }
  return mismatch(a.kind, b.kind);
}

function moved(at: Value, by: i64, direction: i64): Value {
  let seconds = at.bits + (by / 1000000000) * direction;
  let nanos = at.nanos + <i32>((by % 1000000000) * direction);
  if (nanos < 0) {
    nanos += 1000000000;
    seconds--;
  } else if (nanos >= 1000000000) {
    nanos -= 1000000000;
    seconds++;
  }
  if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) return overflow();
  return Value.timestamp(seconds, nanos);
}

function joinBytes(a: BytesValue, b: BytesValue): Value {
  const bytes = new Uint8Array(a.bytes.byteLength + b.bytes.byteLength);
  memory.copy(bytes.dataStart, a.bytes.dataStart, a.bytes.byteLength);
  memory.copy(bytes.dataStart + <usize>a.bytes.byteLength, b.bytes.dataStart, b.bytes.byteLength);
  return new BytesValue(bytes);
}

function joinLists(a: ListValue, b: ListValue): Value {
  const items = new Array<Value>();
  for (let i = 0; i < a.size(); i++) items.push(a.at(i));
  for (let i = 0; i < b.size(); i++) items.push(b.at(i));
  return new ItemsValue(items);
}

function overflow(): Value {
  return Value.error("a result does not fit its type");
}

function mismatch(a: Kind, b: Kind): Value {
  return Value.error("an operator does not work on " + kindName(a) + " and " + kindName(b));
}
