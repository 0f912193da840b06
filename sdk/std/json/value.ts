/** Views of values in a checked text. Every read of another kind than it is gives null or a default. */
import { encodeUtf8 } from "../encoding/utf8";
import {
  countOf,
  firstMember,
  itemAt,
  keyIs,
  lastMember,
  memberAfter,
  pastValue,
  valueOfKey,
} from "./step";
import { isWhole, numberValue, wholeValue } from "./number";
import { closingQuote, stringIs, stringText } from "./string";

export enum JsonKind {
  Null,
  Bool,
  Number,
  String,
  Array,
  Object,
}

export class JsonValue {
  constructor(
    private bytes: Uint8Array,
    readonly start: usize,
    readonly end: usize,
    /** The opening quote of the value's key; 0 for an item of an array and for the whole text. */
    readonly keyStart: usize,
  ) {}

  /** A null that is in no text. */
  static nothing(): JsonValue {
    const bytes = encodeUtf8("null");
    return new JsonValue(bytes, bytes.dataStart, bytes.dataStart + 4, 0);
  }

  get kind(): JsonKind {
    switch (<u32>load<u8>(this.start)) {
      case 0x7b:
        return JsonKind.Object;
      case 0x5b:
        return JsonKind.Array;
      case 0x22:
        return JsonKind.String;
      case 0x6e:
        return JsonKind.Null;
      case 0x74:
      case 0x66:
        return JsonKind.Bool;
      default:
        return JsonKind.Number;
    }
  }

  /** The text of a string; null if it is none. */
  get text(): string | null {
    return this.kind == JsonKind.String ? stringText(this.start + 1, this.end - 1) : null;
  }

  /** Whether it is a string that reads `text`; makes nothing. */
  is(text: string): bool {
    return this.kind == JsonKind.String && stringIs(this.start + 1, this.end - 1, text);
  }

  /** Whether it is `true`. */
  get isTrue(): bool {
    return load<u8>(this.start) == 0x74;
  }

  /** The number; not a number (NaN) if it is none. */
  get number(): f64 {
    return this.kind == JsonKind.Number ? numberValue(this.start, this.end) : NaN;
  }

  /** Whether it is a number without fraction and exponent that fits 64 bits with sign. */
  get isInteger(): bool {
    return this.kind == JsonKind.Number && isWhole(this.start, this.end);
  }

  /** The value if it `isInteger`, else 0. */
  get integer(): i64 {
    return this.isInteger ? wholeValue(this.start, this.end) : 0;
  }

  /** As it is written, without a copy. */
  get raw(): Uint8Array {
    const buffer = this.bytes.buffer;
    const from = <i32>(this.start - changetype<usize>(buffer));
    return Uint8Array.wrap(buffer, from, <i32>(this.end - this.start));
  }

  /** The member with this key, the last if there are several; null if there is none. */
  get(key: string): JsonValue | null {
    const keyStart = lastMember(this.start, this.end, key);
    if (!keyStart) return null;
    const start = valueOfKey(keyStart, this.end);
    return new JsonValue(this.bytes, start, pastValue(start, this.end), keyStart);
  }

  /** The item at `index`, from the end if it is negative; null if there is none. */
  at(index: i32): JsonValue | null {
    const start = itemAt(this.start, this.end, index);
    return start ? new JsonValue(this.bytes, start, pastValue(start, this.end), 0) : null;
  }

  /** Members of an object, items of an array; 0 for anything else. Counts them. */
  get length(): i32 {
    return countOf(this.start, this.end);
  }

  /** Walks through an object or array; anything else is empty. */
  members(): JsonMembers {
    return new JsonMembers(this.bytes, this.start, this.end);
  }
}

/** `while (members.next()) … members.value`. Allocates nothing of its own on the way. */
export class JsonMembers {
  start: usize = 0;
  end: usize = 0;
  keyStart: usize = 0;
  private p: usize;
  private object: bool;

  constructor(
    private bytes: Uint8Array,
    from: usize,
    private last: usize,
  ) {
    this.object = load<u8>(from) == 0x7b;
    this.p = firstMember(from, last);
  }

  next(): bool {
    const p = this.p;
    if (!p) return false;
    if (this.object) this.keyStart = p;
    this.start = this.object ? valueOfKey(p, this.last) : p;
    this.end = pastValue(this.start, this.last);
    this.p = memberAfter(this.end, this.last);
    return true;
  }

  keyIs(key: string): bool {
    return this.keyStart != 0 && keyIs(this.keyStart, key);
  }

  get key(): string {
    if (!this.keyStart) return "";
    return stringText(this.keyStart + 1, closingQuote(this.keyStart + 1));
  }

  get value(): JsonValue {
    return new JsonValue(this.bytes, this.start, this.end, this.keyStart);
  }
}
