/**
 * A checked text of JSON as a list of its values and keys, in their order: 8 bytes for each, so that
 * steps to the next one cost nothing, whatever lies between. An object's entries are key, value, key, …
 */
import { closingQuote, closingQuoteBefore, stringText } from "../../json/string";
import { JsonLimits } from "../../json/limits";
import { JsonText } from "../../json/text";

/** `JsonLimits.depth` is at most this. */
const DEEPEST: i32 = 512;

/** Kinds as bits; a whole number has two. */
export enum Kind {
  Null = 1,
  Boolean = 2,
  Number = 4,
  String = 8,
  Array = 16,
  Object = 32,
}

export class Tape {
  /** For each entry: where it starts, and the number of the entry behind it and all that is in it. */
  private words: StaticArray<u32>;
  size: i32 = 0;

  private constructor(
    /** Kept, because entries are addresses in it. */
    readonly bytes: Uint8Array,
    start: usize,
    end: usize,
  ) {
    // An entry and what separates it from the next take two bytes at least.
    this.words = new StaticArray<u32>((<i32>(((end - start) >> 1) + 1)) << 1);
    this.walk(start, end);
  }

  /** Of a text without error. */
  static of(text: JsonText): Tape {
    return new Tape(text.bytes, text.root.start, text.root.end);
  }

  static read(text: string): Tape | null {
    const json = JsonText.readText(text, new JsonLimits());
    return json.valid ? Tape.of(json) : null;
  }

  private walk(p: usize, end: usize): void {
    const open = new StaticArray<i32>(DEEPEST + 1);
    let level = 0;
    let n = 0;
    while (p < end) {
      const byte = <u32>load<u8>(p);
      if (byte <= 0x20 || byte == 0x2c || byte == 0x3a) {
        p++;
        continue;
      }
      if ((byte | 0x20) == 0x7d) {
        level--;
        this.words[(open[level] << 1) + 1] = n;
        p++;
        continue;
      }
      this.words[n << 1] = <u32>p;
      this.words[(n << 1) + 1] = n + 1;
      if ((byte | 0x20) == 0x7b) {
        open[level++] = n;
        p++;
      } else {
        p = byte == 0x22 ? closingQuoteBefore(p + 1, end) + 1 : scalarEnd(p, end);
      }
      n++;
    }
    this.size = n;
  }

  start(at: i32): usize {
    return this.words[at << 1];
  }

  /** The entry behind this one and all that is in it. */
  next(at: i32): i32 {
    return this.words[(at << 1) + 1];
  }

  kind(at: i32): Kind {
    switch (<u32>load<u8>(this.start(at))) {
      case 0x7b:
        return Kind.Object;
      case 0x5b:
        return Kind.Array;
      case 0x22:
        return Kind.String;
      case 0x6e:
        return Kind.Null;
      case 0x74:
      case 0x66:
        return Kind.Boolean;
      default:
        return Kind.Number;
    }
  }

  isTrue(at: i32): bool {
    return load<u8>(this.start(at)) == 0x74;
  }

  /** Where the inside of a string ends. */
  quote(at: i32): usize {
    return closingQuote(this.start(at) + 1);
  }

  /** The text of a string or key. */
  text(at: i32): string {
    return stringText(this.start(at) + 1, this.quote(at));
  }

  /** Where a number ends. */
  numberEnd(at: i32): usize {
    const bytes = this.bytes;
    return scalarEnd(this.start(at), bytes.dataStart + <usize>bytes.byteLength);
  }

  /** Items of an array, members of an object. */
  count(at: i32): i32 {
    const end = this.next(at);
    let count = 0;
    for (let i = at + 1; i < end; i = this.next(i)) count++;
    return this.kind(at) == Kind.Object ? count >> 1 : count;
  }

  /** The value of the last member of this name, -1 if there is none. */
  member(at: i32, name: string): i32 {
    if (this.kind(at) != Kind.Object) return -1;
    const end = this.next(at);
    let found = -1;
    for (let key = at + 1; key < end; key = this.next(key + 1)) {
      if (this.text(key) == name) found = key + 1;
    }
    return found;
  }
}

function scalarEnd(p: usize, end: usize): usize {
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte <= 0x20 || byte == 0x2c || (byte | 0x20) == 0x7d) break;
    p++;
  }
  return p;
}
