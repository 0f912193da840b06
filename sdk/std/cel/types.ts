/**
 * Types as numbers: a kind in the lowest four bits, of a list or map the type of what it holds above.
 *
 *     list(Kind.String)            a list of strings
 *     map(list(Kind.String))       a map of lists of strings
 */
import { Kind, kindName } from "./value";

export function list(item: i32): i32 {
  return Kind.List | (item << 4);
}

export function map(value: i32): i32 {
  return Kind.Map | (value << 4);
}

export function kind(type: i32): Kind {
  return type & 15;
}

export function inner(type: i32): i32 {
  return type >>> 4;
}

export function typeName(type: i32): string {
  if (inner(type)) return kindName(kind(type)) + "(" + typeName(inner(type)) + ")";
  return kindName(kind(type));
}

export function isNumeric(type: i32): bool {
  return type == Kind.Int || type == Kind.Uint || type == Kind.Double;
}

/**
 * The variables that an expression may name, by their whole path. Where one is declared as `a.b`, `a`
 * has only the fields that are declared.
 */
export class Declarations {
  private paths: Array<string> = [];
  private types: Array<i32> = [];

  variable(path: string, type: i32): Declarations {
    this.paths.push(path);
    this.types.push(type);
    return this;
  }

  /** The type of a path, -1 if it is not declared. */
  typeOf(path: string): i32 {
    const at = this.paths.indexOf(path);
    return at < 0 ? -1 : this.types[at];
  }

  /** True if fields of `path` are declared. */
  isRecord(path: string): bool {
    for (let i = 0; i < this.paths.length; i++) {
      const own = this.paths[i];
      if (own.length > path.length && own.startsWith(path) && own.charCodeAt(path.length) == 0x2e)
        return true;
    }
    return false;
  }
}
