/**
 * A query: pairs in their order, several values for one name. What is not changed is written as it
 * came, byte for byte. Names and values are compared and given decoded (`+` is a space); a pair whose
 * encoding is broken has no name and stays as it is.
 */
import { decodePercent, encodePercent } from "./percent";

class Pair {
  constructor(
    readonly raw: string,
    readonly name: string | null,
    readonly value: string,
  ) {}

  static parse(raw: string): Pair {
    const equals = raw.indexOf("=");
    const name = decodePercent(equals < 0 ? raw : raw.substring(0, equals), true);
    const value = equals < 0 ? "" : decodePercent(raw.substring(equals + 1), true);
    if (name === null || value === null) return new Pair(raw, null, "");
    return new Pair(raw, name, value);
  }

  static make(name: string, value: string): Pair {
    return new Pair(encodePercent(name) + "=" + encodePercent(value), name, value);
  }
}

export class Query {
  private pairs: Pair[] = [];

  /** Of a text without `?`. Empty pairs (`a&&b`) are dropped. */
  static parse(text: string): Query {
    const query = new Query();
    let from = 0;
    while (from <= text.length) {
      const and = text.indexOf("&", from);
      const end = and < 0 ? text.length : and;
      if (end > from) query.pairs.push(Pair.parse(text.substring(from, end)));
      from = end + 1;
    }
    return query;
  }

  get length(): i32 {
    return this.pairs.length;
  }

  /** The name of the pair at `i`; null if its encoding is broken. */
  nameAt(i: i32): string | null {
    return this.pairs[i].name;
  }

  valueAt(i: i32): string {
    return this.pairs[i].value;
  }

  has(name: string): bool {
    return this.find(name, 0) >= 0;
  }

  /** The first value; null if there is none. */
  get(name: string): string | null {
    const i = this.find(name, 0);
    return i < 0 ? null : this.pairs[i].value;
  }

  all(name: string): string[] {
    const values: string[] = [];
    for (let i = this.find(name, 0); i >= 0; i = this.find(name, i + 1)) {
      values.push(this.pairs[i].value);
    }
    return values;
  }

  private find(name: string, from: i32): i32 {
    for (let i = from; i < this.pairs.length; i++) if (this.pairs[i].name == name) return i;
    return -1;
  }

  add(name: string, value: string): void {
    this.pairs.push(Pair.make(name, value));
  }

  /** One value instead of all, at the first one's place. */
  set(name: string, value: string): void {
    const i = this.find(name, 0);
    if (i < 0) return this.add(name, value);
    this.pairs[i] = Pair.make(name, value);
    this.drop(name, i + 1);
  }

  /** Replaces the value of the pair at `i`. */
  setAt(i: i32, value: string): void {
    const name = this.pairs[i].name;
    if (name !== null) this.pairs[i] = Pair.make(name, value);
  }

  remove(name: string): void {
    this.drop(name, 0);
  }

  private drop(name: string, from: i32): void {
    let kept = from;
    for (let i = from; i < this.pairs.length; i++) {
      const pair = this.pairs[i];
      if (pair.name != name) this.pairs[kept++] = pair;
    }
    this.pairs.length = kept;
  }

  toString(): string {
    const raw = new StaticArray<string>(this.pairs.length);
    for (let i = 0; i < raw.length; i++) raw[i] = this.pairs[i].raw;
    return raw.join("&");
  }
}
