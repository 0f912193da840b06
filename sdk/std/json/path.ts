/**
 * JSONPath (RFC 9535) as the gateway's policies use it: names (`.a`, `['a']`), indexes (`[0]`, `[-1]`),
 * wildcards (`.*`, `[*]`) and one descent (`..a`, `..*`). Filters, slices, lists of selectors and a
 * second descent are refused by name: with them, time would not be linear in the text.
 *
 * Compiled once when a policy is configured. Finding costs at most one pass over the text for each
 * segment; a descent is one pass, and the rest of the path one over each value that it names.
 */
import { firstMember, itemAt, keyIs, lastMember, memberAfter, pastValue, valueOfKey } from "./step";
import { pastSpace } from "./space";
import { JsonText } from "./text";
import { JsonValue } from "./value";

enum Select {
  Name,
  Index,
  Every,
}

class Segment {
  constructor(
    readonly select: Select,
    readonly name: string,
    readonly index: i32,
    readonly deep: bool,
  ) {}
}

export class JsonPath {
  private constructor(
    /** What is wrong with the path, `""` if nothing is. */
    readonly error: string,
    private segments: Segment[],
  ) {}

  static parse(path: string): JsonPath {
    const parser = new PathParser(path);
    parser.run();
    return new JsonPath(parser.error, parser.segments);
  }

  get valid(): bool {
    return this.error.length == 0;
  }

  /** Whether it can name one value at most. */
  get single(): bool {
    for (let i = 0; i < this.segments.length; i++) {
      if (this.segments[i].deep || this.segments[i].select == Select.Every) return false;
    }
    return true;
  }

  /** The first value in the order of the text, null if there is none. */
  first(text: JsonText): JsonValue | null {
    const found = this.all(text, 1);
    return found.length ? found[0] : null;
  }

  /** The values that the path names, at most `most`, in the order of the text. */
  all(text: JsonText, most: i32): JsonValue[] {
    const found: JsonValue[] = [];
    if (this.valid && text.valid) new Finder(text, this.segments, most, found).start();
    return found;
  }
}

/** One search; makes nothing but the views that it finds. As deep as `JsonLimits` lets texts be. */
class Finder {
  private end: usize;

  constructor(
    private text: JsonText,
    private segments: Segment[],
    private most: i32,
    private found: JsonValue[],
  ) {
    this.end = text.root.end;
  }

  start(): void {
    this.walk(this.text.root.start, 0, 0);
  }

  private walk(start: usize, key: usize, at: i32): void {
    if (this.found.length >= this.most) return;
    const end = this.end;
    if (at == this.segments.length) {
      this.found.push(new JsonValue(this.text.bytes, start, pastValue(start, end), key));
      return;
    }
    const segment = this.segments[at];
    if (segment.deep || segment.select == Select.Every) {
      const first = load<u8>(start);
      if (first == 0x7b || first == 0x5b) this.members(start, segment, at);
    } else if (segment.select == Select.Name) {
      const found = lastMember(start, end, segment.name);
      if (found) this.walk(valueOfKey(found, end), found, at + 1);
    } else {
      const found = itemAt(start, end, segment.index);
      if (found) this.walk(found, 0, at + 1);
    }
  }

  /** Of an object or array; says where it ends, so that a descent reads nothing twice. */
  private members(start: usize, segment: Segment, at: i32): usize {
    const end = this.end;
    const object = load<u8>(start) == 0x7b;
    if (segment.select == Select.Index) {
      const item = itemAt(start, end, segment.index);
      if (item) this.walk(item, 0, at + 1);
    }
    let last = start + 1;
    let p = firstMember(start, end);
    while (p && this.found.length < this.most) {
      const value = object ? valueOfKey(p, end) : p;
      const named = segment.select == Select.Name && object && keyIs(p, segment.name);
      if (named || segment.select == Select.Every) this.walk(value, object ? p : 0, at + 1);
      const first = load<u8>(value);
      const deep = segment.deep && (first == 0x7b || first == 0x5b);
      last = deep ? this.members(value, segment, at) : pastValue(value, end);
      p = memberAfter(last, end);
    }
    return pastSpace(last, end) + 1;
  }
}

class PathParser {
  error: string = "";
  segments: Segment[] = [];
  private i: i32 = 0;
  private descents: i32 = 0;

  constructor(private path: string) {}

  run(): void {
    if (this.unit(0) != 0x24) {
      this.fail("a path starts with $");
      return;
    }
    this.i = 1;
    while (!this.error.length && this.i < this.path.length) this.segment();
  }

  private unit(i: i32): u32 {
    return i >= 0 && i < this.path.length ? <u32>this.path.charCodeAt(i) : 0;
  }

  private fail(what: string): void {
    if (!this.error.length) this.error = what + ", at character " + (this.i + 1).toString();
  }

  private add(select: Select, name: string, index: i32, deep: bool): void {
    if (deep && ++this.descents > 1) this.fail("a second .. is not supported");
    this.segments.push(new Segment(select, name, index, deep));
  }

  private segment(): void {
    let deep = false;
    if (this.unit(this.i) == 0x2e) {
      this.i++;
      if (this.unit(this.i) == 0x2e) {
        deep = true;
        this.i++;
      }
      if (this.unit(this.i) != 0x5b) return this.dotted(deep);
      if (!deep) return this.fail("expected a name after the dot");
    }
    if (this.unit(this.i) != 0x5b) return this.fail("expected . or [");
    this.i++;
    this.bracket(deep);
    if (this.error.length) return;
    const next = this.unit(this.i);
    if (next == 0x2c) return this.fail("a list of selectors is not supported");
    if (next == 0x3a) return this.fail("a slice is not supported");
    if (next != 0x5d) return this.fail("expected ]");
    this.i++;
  }

  private dotted(deep: bool): void {
    if (this.unit(this.i) == 0x2a) {
      this.i++;
      return this.add(Select.Every, "", 0, deep);
    }
    const start = this.i;
    while (isNamePart(this.unit(this.i))) this.i++;
    if (this.i == start) return this.fail("expected a name after the dot");
    this.add(Select.Name, this.path.substring(start, this.i), 0, deep);
  }

  private bracket(deep: bool): void {
    const unit = this.unit(this.i);
    if (unit == 0x2a) {
      this.i++;
      return this.add(Select.Every, "", 0, deep);
    }
    if (unit == 0x27 || unit == 0x22) return this.quoted(unit, deep);
    if (unit == 0x3f) return this.fail("a filter is not supported");
    if (unit == 0x28) return this.fail("a script is not supported");
    if (unit == 0x3a) return this.fail("a slice is not supported");
    const start = this.i;
    if (unit == 0x2d) this.i++;
    const digits = this.i;
    let index = 0;
    while (this.unit(this.i) - 0x30 < 10 && this.i - digits < 9) {
      index = index * 10 + <i32>(this.unit(this.i++) - 0x30);
    }
    if (this.i == digits || this.unit(this.i) - 0x30 < 10) {
      this.i = start;
      return this.fail("expected a name in quotes, * or an index of at most 9 digits");
    }
    this.add(Select.Index, "", unit == 0x2d ? -index : index, deep);
  }

  private quoted(quote: u32, deep: bool): void {
    let name = "";
    this.i++;
    while (this.i < this.path.length && this.unit(this.i) != quote) {
      if (this.unit(this.i) == 0x5c) {
        const escaped = this.unit(++this.i);
        if (escaped != 0x5c && escaped != 0x27 && escaped != 0x22) {
          return this.fail("an escape other than of a quote or backslash is not supported");
        }
      }
      name += this.path.charAt(this.i++);
    }
    if (this.i >= this.path.length) return this.fail("a name without its closing quote");
    this.i++;
    this.add(Select.Name, name, 0, deep);
  }
}

/** More than RFC 9535 allows without quotes: `-` and digits anywhere, as policies are written. */
function isNamePart(unit: u32): bool {
  const lower = unit | 0x20;
  return lower - 0x61 < 26 || unit - 0x30 < 10 || unit == 0x5f || unit == 0x2d || unit >= 0x80;
}
