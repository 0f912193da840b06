/** Values of the Common Expression Language. An error is a value too: it passes through what uses it. */

export enum Kind {
  /** Only as a type: any kind. */
  Dyn,
  Null,
  Bool,
  Int,
  Uint,
  Double,
  String,
  Bytes,
  List,
  Map,
  Timestamp,
  Duration,
  Type,
  Error,
}

const NAMES: StaticArray<string> = [
  "dyn",
  "null_type",
  "bool",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "list",
  "map",
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "type",
  "error",
];

export function kindName(kind: Kind): string {
  return NAMES[kind];
}

export class Value {
  constructor(
    readonly kind: Kind,
    /** Bool, Int, Uint, bits of a Double, seconds of a Timestamp, nanoseconds of a Duration. */
    readonly bits: i64 = 0,
    /** Of a String or a Type, and what is wrong in an Error. */
    readonly text: string = "",
    /** Of a Timestamp, on top of its seconds. */
    readonly nanos: i32 = 0,
  ) {}

  static null(): Value {
    return new Value(Kind.Null);
  }

  static bool(value: bool): Value {
    return new Value(Kind.Bool, value ? 1 : 0);
  }

  static int(value: i64): Value {
    return new Value(Kind.Int, value);
  }

  static uint(value: u64): Value {
    return new Value(Kind.Uint, <i64>value);
  }

  static double(value: f64): Value {
    return new Value(Kind.Double, reinterpret<i64>(value));
  }

  static string(text: string): Value {
    return new Value(Kind.String, 0, text);
  }

  static duration(nanos: i64): Value {
    return new Value(Kind.Duration, nanos);
  }

  static timestamp(seconds: i64, nanos: i32): Value {
    return new Value(Kind.Timestamp, seconds, "", nanos);
  }

  static error(text: string): Value {
    return new Value(Kind.Error, 0, text);
  }

  get isTrue(): bool {
    return this.kind == Kind.Bool && this.bits != 0;
  }

  get isError(): bool {
    return this.kind == Kind.Error;
  }

  get isNumber(): bool {
    return this.kind == Kind.Int || this.kind == Kind.Uint || this.kind == Kind.Double;
  }

  /** A number of any kind as a double. */
  get number(): f64 {
    if (this.kind == Kind.Double) return reinterpret<f64>(this.bits);
    return this.kind == Kind.Uint ? <f64>(<u64>this.bits) : <f64>this.bits;
  }
}

export class BytesValue extends Value {
  constructor(readonly bytes: Uint8Array) {
    super(Kind.Bytes);
  }
}

/** A list; extend it for items that are made only when they are asked for. */
export abstract class ListValue extends Value {
  constructor() {
    super(Kind.List);
  }

  abstract size(): i32;
  /** The item at `index`, which is in the list. */
  abstract at(index: i32): Value;
}

export class ItemsValue extends ListValue {
  constructor(readonly items: Array<Value>) {
    super();
  }

  size(): i32 {
    return this.items.length;
  }

  at(index: i32): Value {
    return this.items[index];
  }
}

/** A map; extend it for what the host knows: headers, a request's fields. */
export abstract class MapValue extends Value {
  constructor() {
    super(Kind.Map);
  }

  abstract size(): i32;
  abstract keyAt(index: i32): Value;
  /** The value with this string as its key, null if there is none. */
  abstract field(name: string): Value | null;

  /** The value of a key of any kind; keys that are no strings are for maps that have some. */
  find(key: Value): Value | null {
    return key.kind == Kind.String ? this.field(key.text) : null;
  }
}

/** A map that an expression wrote, or small enough to be searched from the start. */
export class EntriesValue extends MapValue {
  private keys: Array<Value> = [];
  private values: Array<Value> = [];

  set(key: Value, value: Value): void {
    this.keys.push(key);
    this.values.push(value);
  }

  size(): i32 {
    return this.keys.length;
  }

  keyAt(index: i32): Value {
    return this.keys[index];
  }

  field(name: string): Value | null {
    for (let i = 0; i < this.keys.length; i++) {
      const key = this.keys[i];
      if (key.kind == Kind.String && key.text == name) return this.values[i];
    }
    return null;
  }

  find(key: Value): Value | null {
    if (key.kind == Kind.String) return this.field(key.text);
    for (let i = 0; i < this.keys.length; i++) {
      const own = this.keys[i];
      if (own.kind == key.kind && own.bits == key.bits && own.kind != Kind.String)
        return this.values[i];
      // 1, 1u and 1.0 are the same key.
      if (own.isNumber && key.isNumber && own.number == key.number) return this.values[i];
    }
    return null;
  }
}
