/** Headers as a policy sees them: names in any case, several values per name, absent is null. */
import { HeaderMap } from "./hostcalls/headers";

export class Headers {
  constructor(private map: HeaderMap) {}

  /** The first value of this name, or null if there is none; `""` is a header without content. */
  get(name: string): string | null {
    const at = this.map.find(name);
    return at < 0 ? null : this.map.valueAt(at);
  }

  /** All values of this name, in their order. */
  all(name: string): string[] {
    const values: string[] = [];
    let at = this.map.find(name);
    while (at >= 0) {
      values.push(this.map.valueAt(at));
      at = this.map.find(name, at + 1);
    }
    return values;
  }

  has(name: string): bool {
    return this.map.find(name) >= 0;
  }

  /** All names, in their order, each as often as it occurs. */
  names(): string[] {
    const names: string[] = [];
    const size = this.map.size();
    for (let i = 0; i < size; i++) {
      const name = this.map.nameAt(i);
      if (name !== null) names.push(name);
    }
    return names;
  }

  /**
   * Replaces every value of this name by this one. False, and nothing changed, if the name or the
   * value cannot stand in a header (a line break, for instance) or the headers have gone out already.
   */
  set(name: string, value: string): bool {
    return this.map.set(name, value);
  }

  /** Adds a value and keeps those that are there. */
  append(name: string, value: string): bool {
    return this.map.append(name, value);
  }

  remove(name: string): bool {
    return this.map.remove(name);
  }
}
