/**
 * Reads an untrusted document field by field and remembers everything that is wrong with it, each with its path, so that
 * one answer names all faults. A reader never throws; `problems` says whether what it returned may be used.
 */
import type { FieldError } from "../errors.ts";

export interface Findings {
  errors: FieldError[];
  /** Fields that nobody read: not refused, because documents outlive versions, but told. */
  unknown: string[];
}

/** Names of headers and cookies. */
export const httpToken = {
  pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
  says: "must be of letters, digits and the signs that names in HTTP may have",
};

type Fields = Record<string, unknown>;

export class Reader {
  private readonly read = new Set<string>();

  constructor(
    private readonly value: unknown,
    readonly path: string,
    readonly findings: Findings = { errors: [], unknown: [] },
  ) {}

  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  fail(message: string): void {
    this.findings.errors.push({ field: this.path, message });
  }

  /** The field's reader, whether it is there or not. */
  at(name: string): Reader {
    this.read.add(name);
    const path = this.path ? `${this.path}.${name}` : name;
    return new Reader(this.fields[name], path, this.findings);
  }

  has(name: string): boolean {
    return !this.at(name).absent;
  }

  required(): this {
    if (this.absent) this.fail("is required");
    return this;
  }

  /** Says of this value what no other method says. Only a reader that describes listens: see `describe/trace.ts`. */
  expects(_schema: object): this {
    return this;
  }

  /** Null when absent or not a string; numbers and booleans are taken as YAML writes them. */
  text(rule: { min?: number; max?: number; pattern?: RegExp; says?: string } = {}): string | null {
    if (this.absent) return null;
    if (typeof this.value === "number" || typeof this.value === "boolean")
      return new Reader(String(this.value), this.path, this.findings).text(rule);
    if (typeof this.value !== "string") return this.wrong("a string");
    const { min = 1, max = Infinity, pattern, says } = rule;
    if (this.value.length < min || this.value.length > max)
      this.fail(
        max === Infinity
          ? `must not be empty`
          : `must be ${min} to ${max} characters long, found ${this.value.length}`,
      );
    else if (/\p{Surrogate}/u.test(this.value))
      this.fail(`must be Unicode, found half a character in ${quote(this.value)}`);
    else if (pattern && !pattern.test(this.value))
      this.fail(`${says ?? `must match ${pattern.source}`}, found ${quote(this.value)}`);
    return this.value;
  }

  oneOf<T extends string>(allowed: readonly T[]): T | null {
    const value = this.text();
    if (value === null || (allowed as readonly string[]).includes(value)) return value as T | null;
    this.fail(`must be one of ${allowed.join(", ")}, found ${quote(value)}`);
    return null;
  }

  integer(min: number, max: number): number | null {
    if (this.absent) return null;
    const number = isWhole(this.value) ? Number(this.value) : this.value;
    if (typeof number !== "number" || !Number.isInteger(number) || number < min || number > max)
      return this.wrong(`an integer from ${min} to ${max}`);
    return number;
  }

  flag(): boolean | null {
    if (this.absent) return null;
    return typeof this.value === "boolean" ? this.value : this.wrong("true or false");
  }

  /** An object's readers by key; empty when it is none. */
  entries(): [string, Reader][] {
    if (this.absent || !this.isObject()) return [];
    return Object.keys(this.fields).map((name) => [name, this.at(name)]);
  }

  items(rule: { min?: number; max?: number } = {}): Reader[] {
    if (this.absent) return [];
    if (!Array.isArray(this.value)) {
      this.wrong(rule.min ? "a list of at least one" : "a list");
      return [];
    }
    const { min = 0, max = Infinity } = rule;
    if (this.value.length < min || this.value.length > max)
      this.fail(
        `must have ${min}${max === Infinity ? " or more" : ` to ${max}`} entries, found ${this.value.length}`,
      );
    // What is over is refused already, and not worth a look.
    return this.value
      .slice(0, max)
      .map((item, i) => new Reader(item, `${this.path}[${i}]`, this.findings));
  }

  isObject(): boolean {
    if (typeof this.value === "object" && this.value !== null && !Array.isArray(this.value))
      return true;
    if (!this.absent) this.wrong("an object");
    return false;
  }

  /** The value as it stands, for parts whose shape somebody else knows. */
  raw(): unknown {
    return this.value;
  }

  /** Tells which fields of this object nobody asked for. */
  done(): void {
    for (const name of Object.keys(this.fields))
      if (!this.read.has(name))
        this.findings.unknown.push(this.path ? `${this.path}.${name}` : name);
  }

  private get fields(): Fields {
    const isObject =
      typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
    return isObject ? (this.value as Fields) : {};
  }

  private wrong(expected: string): null {
    this.fail(`must be ${expected}, found ${quote(this.value)}`);
    return null;
  }
}

/** An integer in words of forms and YAML. Nothing else that `Number` takes: it reads an empty text as 0. */
const isWhole = (value: unknown): value is string =>
  typeof value === "string" && /^-?\d+(\.0+)?$/.test(value);

/** What a path of a document must not have: some would end the request line that goes upstream. */
// eslint-disable-next-line no-control-regex
export const notInPaths = /[\s?#\u0000-\u001f\u007f-\u009f]/;

/** What was found, short enough for a message. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
