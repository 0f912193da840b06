/**
 * Envoy's header map: names in lower case, values in order, and for the names that Envoy keeps inline at most one
 * value, to which a further one is joined.
 */
import { inlineRequest, inlineResponse } from "../codec/inline.ts";

export type Pair = [string, string];
export type HeaderList = readonly (readonly [string, string])[];
export type MapKind = "request" | "response" | "trailers";

export class HeaderMap {
  constructor(
    readonly kind: MapKind,
    /** The pairs themselves; whoever builds them vouches that names are in lower case and inline ones single. */
    public pairs: Pair[] = [],
  ) {}

  static of(kind: MapKind, list: HeaderList): HeaderMap {
    const map = new HeaderMap(kind);
    for (const [name, value] of list) map.add(name, value);
    return map;
  }

  get size(): number {
    return this.pairs.length;
  }

  get byteSize(): number {
    let size = 0;
    for (const [name, value] of this.pairs) size += name.length + value.length;
    return size;
  }

  /** The first value; null when there is none. */
  get(name: string): string | null {
    const key = name.toLowerCase();
    for (const pair of this.pairs) if (pair[0] === key) return pair[1];
    return null;
  }

  count(name: string): number {
    const key = name.toLowerCase();
    let count = 0;
    for (const pair of this.pairs) if (pair[0] === key) count++;
    return count;
  }

  /** All values, joined as Envoy's properties show them. */
  joined(name: string): string | null {
    const key = name.toLowerCase();
    const values = this.pairs.filter((pair) => pair[0] === key);
    return values.length ? values.map((pair) => pair[1]).join(",") : null;
  }

  add(name: string, value: string): void {
    const key = name.toLowerCase();
    if (this.#inline(key)) {
      const present = this.pairs.find((pair) => pair[0] === key);
      if (present) {
        present[1] = joinInline(present[1], value);
        return;
      }
    }
    this.#insert(key, value);
  }

  /** Removes all values and adds this one, at the end. */
  replace(name: string, value: string): void {
    const key = name.toLowerCase();
    this.remove(key);
    this.#insert(key, value);
  }

  /** Like `replace`, but keeps the header's place. */
  put(name: string, value: string): void {
    const present = this.pairs.find((pair) => pair[0] === name);
    if (present) present[1] = value;
    else this.#insert(name, value);
  }

  remove(name: string): void {
    const key = name.toLowerCase();
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i++) {
      if (pairs[i]![0] === key) {
        this.pairs = pairs.filter((pair) => pair[0] !== key);
        return;
      }
    }
  }

  clear(): void {
    this.pairs = [];
  }

  /** Pseudo-headers stand before all others. */
  #insert(key: string, value: string): void {
    if (key.charCodeAt(0) !== 58) {
      this.pairs.push([key, value]);
      return;
    }
    let index = 0;
    while (index < this.pairs.length && this.pairs[index]![0].charCodeAt(0) === 58) index++;
    this.pairs.splice(index, 0, [key, value]);
  }

  #inline(key: string): boolean {
    if (this.kind === "request") return inlineRequest.has(key);
    return this.kind === "response" && inlineResponse.has(key);
  }
}

/** An empty first value is replaced, not joined. */
function joinInline(first: string, second: string): string {
  if (second === "") return first;
  return first === "" ? second : `${first},${second}`;
}
