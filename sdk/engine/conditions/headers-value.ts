/** Headers as CEL sees them: a map of lists of strings, names in lower case. */
import { HeaderMap } from "../../hostcalls/headers";
import { ItemsValue, MapValue, Value } from "../../std/cel/value";

/** Names and values, alternating, as they stand in a header map. */
export function textsOf(map: HeaderMap): string[] {
  const texts: string[] = [];
  const size = map.size();
  for (let i = 0; i < size; i++) {
    const name = map.nameAt(i);
    if (name === null) continue;
    texts.push(name);
    texts.push(map.valueAt(i));
  }
  return texts;
}

/** The first value of a name, null if there is none. */
export function firstOf(texts: string[], name: string): string | null {
  for (let i = 0; i < texts.length; i += 2) if (texts[i] == name) return texts[i + 1];
  return null;
}

export class HeadersValue extends MapValue {
  private names: string[] = [];

  constructor(private texts: string[]) {
    super();
    for (let i = 0; i < texts.length; i += 2) {
      if (!this.names.includes(texts[i])) this.names.push(texts[i]);
    }
  }

  size(): i32 {
    return this.names.length;
  }

  keyAt(index: i32): Value {
    return Value.string(this.names[index]);
  }

  field(name: string): Value | null {
    const values: Value[] = [];
    for (let i = 0; i < this.texts.length; i += 2) {
      if (this.texts[i] == name) values.push(Value.string(this.texts[i + 1]));
    }
    return values.length ? new ItemsValue(values) : null;
  }
}
