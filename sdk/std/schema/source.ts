/** One schema while it is compiled: its keywords, and the schemas in them. */
import { Draft } from "./draft";
import { Node } from "./run";
import { Place } from "./registry";
import { Decimal } from "./value/decimal";
import { decimalAt } from "./value/equal";
import { NameTable } from "./value/names";
import { Kind, Tape } from "./value/tape";

/** What compiles the schemas within a schema. */
export abstract class Schemas {
  abstract nodeAt(place: Place): Node;
  abstract referred(from: Place, reference: string, keyword: string): Node;
  /** Notes the first thing that is wrong. */
  abstract fail(place: Place, keyword: string, problem: string): void;
}

export class Source {
  readonly tape: Tape;
  private values: Map<string, i32> = new Map<string, i32>();

  constructor(
    readonly schemas: Schemas,
    readonly place: Place,
  ) {
    const tape = place.document.tape;
    this.tape = tape;
    const end = tape.next(place.at);
    for (let key = place.at + 1; key < end; key = tape.next(key + 1)) {
      this.values.set(tape.text(key), key + 1);
    }
  }

  get isSeven(): bool {
    return this.place.document.draft == Draft.Seven;
  }

  has(keyword: string): bool {
    return this.values.has(keyword);
  }

  /** The entry of a keyword's value, -1 if the schema does not have it. */
  at(keyword: string): i32 {
    return this.values.has(keyword) ? this.values.get(keyword) : -1;
  }

  fail(keyword: string, problem: string): void {
    this.schemas.fail(this.place, keyword, problem);
  }

  /** The entry if it is of this kind; -1, with a problem unless it is absent, if not. */
  of(keyword: string, kind: Kind, expected: string): i32 {
    const at = this.at(keyword);
    if (at < 0 || this.tape.kind(at) == kind) return at;
    this.fail(keyword, "expected " + expected);
    return -1;
  }

  node(at: i32): Node {
    return this.schemas.nodeAt(new Place(this.place.document, at, this.place.resource));
  }

  child(keyword: string): Node | null {
    const at = this.at(keyword);
    return at < 0 ? null : this.node(at);
  }

  /** The schemas of a list; none if the keyword is absent. */
  children(keyword: string): Node[] {
    const nodes: Node[] = [];
    const at = this.of(keyword, Kind.Array, "a list of schemas");
    if (at < 0) return nodes;
    const end = this.tape.next(at);
    for (let item = at + 1; item < end; item = this.tape.next(item)) nodes.push(this.node(item));
    return nodes;
  }

  /** The keys of an object; none if the keyword is absent. */
  keys(keyword: string): i32[] {
    const keys: i32[] = [];
    const at = this.of(keyword, Kind.Object, "an object");
    if (at < 0) return keys;
    const end = this.tape.next(at);
    for (let key = at + 1; key < end; key = this.tape.next(key + 1)) keys.push(key);
    return keys;
  }

  /** A list of texts as a table. */
  names(at: i32, keyword: string): NameTable {
    const entries: i32[] = [];
    const tape = this.tape;
    if (tape.kind(at) != Kind.Array) this.fail(keyword, "expected a list of names");
    const end = tape.next(at);
    for (let item = at + 1; item < end; item = tape.next(item)) {
      if (tape.kind(item) == Kind.String) entries.push(item);
      else this.fail(keyword, "expected a list of names");
    }
    return new NameTable(tape, unique(tape, entries));
  }

  /** A count, `absent` if the keyword is. */
  count(keyword: string, absent: i32): i32 {
    const at = this.of(keyword, Kind.Number, "a whole number from 0");
    if (at < 0) return absent;
    const count = decimalAt(this.tape, at).count;
    if (count < 0) this.fail(keyword, "expected a whole number from 0");
    return count;
  }

  number(keyword: string): Decimal | null {
    const at = this.of(keyword, Kind.Number, "a number");
    return at < 0 ? null : decimalAt(this.tape, at);
  }

  /** As it is written, for a message. */
  raw(keyword: string): string {
    const tape = this.tape;
    const at = this.at(keyword);
    return String.UTF8.decodeUnsafe(tape.start(at), tape.numberEnd(at) - tape.start(at));
  }
}

function unique(tape: Tape, entries: i32[]): i32[] {
  const kept: i32[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < entries.length; i++) {
    const text = tape.text(entries[i]);
    if (!seen.has(text)) kept.push(entries[i]);
    seen.add(text);
  }
  return kept;
}
