/**
 * From a JSON Schema to the AssemblyScript types that hold it. A shape knows its type's name, the
 * value it has when it is absent, and the statements that read it from a cursor.
 */
import { UserError } from "../../../controller/errors.ts";
import type { Schema } from "../definition.ts";
import { wrongDefault } from "./default.ts";
import { matcher } from "./pattern.ts";

export interface Shape {
  type: string;
  /** What an absent value is; null if the schema names no default and the type has no natural one. */
  absent: string;
  /** An expression that reads the value at the cursor `c`. */
  read: string;
}

/** Collects the classes and functions that the shapes need, each once. */
export class Shapes {
  readonly code: string[] = [];
  private readonly named = new Set<string>();

  constructor(
    private readonly file: string,
    private readonly definitions: Record<string, Schema>,
  ) {}

  of(schema: Schema, name: string, path: string): Shape {
    this.checkKeywords(schema, path);
    const wrong = wrongDefault(schema);
    if (wrong) this.refuse(path, wrong);
    if (schema.$ref) {
      const target = schema.$ref.replace(/^#\/(parameters\/)?\$defs\//, "");
      const found = this.definitions[target];
      if (!found)
        this.refuse(
          path,
          `$ref ${schema.$ref} names nothing; definitions stand in parameters.$defs`,
        );
      return this.of(found as Schema, title(target), `$defs.${target}`);
    }
    switch (schema.type) {
      case "object":
        return this.object(schema, name, path);
      case "array":
        return this.array(schema, name, path);
      case "string":
        return this.text(schema, name, path);
      case "integer":
        return this.oneOf(schema, integer(schema), name);
      case "number": {
        if (schema.enum) this.refuse(path, "enum: is for texts and integers");
        const least = schema.minimum ?? -Number.MAX_VALUE;
        const most = schema.maximum ?? Number.MAX_VALUE;
        return {
          type: "f64",
          absent: float(schema.default ?? 0),
          read: `c.number(${float(least)}, ${float(most)})`,
        };
      }
      case "boolean":
        return { type: "bool", absent: String(schema.default ?? false), read: "c.bool()" };
      default:
        return this.refuse(
          path,
          `type: expected object, array, string, integer, number or boolean`,
        );
    }
  }

  /** A number that is one of few. */
  private oneOf(schema: Schema, shape: Shape, name: string): Shape {
    if (!schema.enum) return shape;
    const read = `read${name}`;
    const others = schema.enum.map((one) => `value != ${String(one)}`).join(" && ");
    if (this.claim(read))
      this.code.push(
        `function ${read}(c: Cursor): ${shape.type} {\n  const value = ${shape.read};\n` +
          `  if (!c.failed && ${others}) c.note("expected one of ${schema.enum.join(", ")}, found " + value.toString());\n` +
          `  return value;\n}\n`,
      );
    return { ...shape, read: `${read}(c)` };
  }

  /** A name that no other class or function of the file has. */
  private claim(name: string): boolean {
    if (this.named.has(name)) return false;
    this.named.add(name);
    return true;
  }

  private object(schema: Schema, name: string, path: string): Shape {
    if (schema["x-sluice-raw"]) return { type: "string", absent: '""', read: "c.rawObject()" };
    const open = schema.additionalProperties;
    if (typeof open === "object" && !schema.properties) return this.map(schema, open, name, path);
    const shape = { type: name, absent: "null", read: `${name}.read(c)` };
    if (!this.claim(name)) return shape;
    const properties = Object.entries(schema.properties ?? {});
    const required = new Set(schema.required ?? []);
    const fields: string[] = [];
    const cases: string[] = [];
    const after: string[] = [];
    for (const [key, value] of properties) {
      const inner = this.of(
        value,
        name === "Params" ? title(key) : name + title(key),
        `${path}.${key}`,
      );
      const optional = inner.absent === "null" && !required.has(key);
      const field = fieldName(key);
      const comment = value.description
        ? `  /** ${value.description.replaceAll("*/", "* /")} */\n`
        : "";
      const empty = inner.type === "string" ? '""' : `new ${inner.type}()`;
      const absent = required.has(key) && inner.absent === "null" ? empty : inner.absent;
      fields.push(`${comment}  ${field}: ${inner.type}${optional ? " | null" : ""} = ${absent};`);
      const noted = required.has(key) ? `\n        has_${field} = true;` : "";
      if (required.has(key)) after.push(field);
      cases.push(
        `      if (key == ${JSON.stringify(key)}) {${noted}\n        o.${field} = ${inner.read};\n        continue;\n      }`,
      );
    }
    const known = properties.map(([key]) => key).join(", ") || "none";
    const flags = after.map((field) => `    let has_${field} = false;\n`).join("");
    const keyOf = new Map(properties.map(([key]) => [fieldName(key), key]));
    const missing = after
      .map((field) => `    if (!has_${field}) c.missing(${JSON.stringify(keyOf.get(field))});\n`)
      .join("");
    const fewest = schema.minProperties
      ? `    if (!c.failed && count < ${schema.minProperties}) c.note("expected at least ${schema.minProperties} of: ${known}");\n`
      : "";
    const other =
      open === true || typeof open === "object"
        ? "c.skip();"
        : `c.unknown(${JSON.stringify(known)});`;
    this.code.push(
      `export class ${name} {\n${fields.join("\n")}\n\n` +
        `  static read(c: Cursor): ${name} {\n    const o = new ${name}();\n${flags}` +
        (fewest ? "    let count = 0;\n" : "") +
        `    c.enterObject();\n    while (c.nextKey()) {\n` +
        (fewest ? "      count++;\n" : "") +
        (cases.length ? `      const key = c.key;\n${cases.join("\n")}\n` : "") +
        `      ${other}\n    }\n${missing}${fewest}    return o;\n  }\n}\n`,
    );
    return shape;
  }

  private map(schema: Schema, value: Schema, name: string, path: string): Shape {
    const inner = this.of(value, `${name}Value`, `${path}.*`);
    const type = `Map<string, ${inner.type}>`;
    const read = `read${name}`;
    if (this.claim(read)) {
      const fewest = schema.minProperties
        ? `  if (!c.failed && o.size < ${schema.minProperties}) c.note("expected at least ${schema.minProperties} entries");\n`
        : "";
      this.code.push(
        `function ${read}(c: Cursor): ${type} {\n  const o = new ${type}();\n  c.enterObject();\n` +
          `  while (c.nextKey()) {\n    const key = c.key;\n    const value = ${inner.read};\n    if (!c.failed) o.set(key, value);\n  }\n${fewest}  return o;\n}\n`,
      );
    }
    return { type, absent: `new ${type}()`, read: `${read}(c)` };
  }

  private array(schema: Schema, name: string, path: string): Shape {
    if (!schema.items) this.refuse(path, "items: is required for an array");
    const inner = this.of(schema.items as Schema, `${name}Item`, `${path}[]`);
    const read = `read${name}List`;
    if (this.claim(read)) {
      const most = schema.maxItems ?? 10_000;
      this.code.push(
        `function ${read}(c: Cursor): ${inner.type}[] {\n  const o: ${inner.type}[] = [];\n  c.enterArray();\n` +
          `  while (c.nextItem()) {\n    if (o.length == ${most}) c.note("has more than ${most} items");\n` +
          `    const item = ${inner.read};\n    if (!c.failed) o.push(item);\n  }\n` +
          (schema.minItems
            ? `  if (!c.failed && o.length < ${schema.minItems}) c.note("expected at least ${schema.minItems} item${schema.minItems > 1 ? "s" : ""} and found fewer");\n`
            : "") +
          `  return o;\n}\n`,
      );
    }
    const given = schema.default;
    const absent =
      Array.isArray(given) && given.length > 0
        ? `[${given.map((item) => JSON.stringify(item)).join(", ")}]`
        : "[]";
    return { type: `${inner.type}[]`, absent, read: `${read}(c)` };
  }

  private text(schema: Schema, name: string, path: string): Shape {
    const absent = schema.default === undefined ? "null" : JSON.stringify(schema.default);
    const checks: string[] = [];
    // What is wrong with a secret is said without showing it.
    const wrong = (expected: string) =>
      schema["x-secret"]
        ? `c.note(${JSON.stringify(`${expected} and found another`)})`
        : `c.wrong(${JSON.stringify(expected)}, text)`;
    if (schema.enum) {
      const texts = schema.enum.map((one) => JSON.stringify(one));
      checks.push(
        `  if (!c.failed && ${texts.map((one) => `text != ${one}`).join(" && ")}) ${wrong(`expected one of ${texts.join(", ")}`)};`,
      );
    }
    if (schema.minLength !== undefined || schema.maxLength !== undefined) {
      const least = schema.minLength ?? 0;
      const most = schema.maxLength ?? 1_048_576;
      checks.push(
        `  if (!c.failed && (text.length < ${least} || text.length > ${most})) ${wrong(`expected ${least} to ${most} characters`)};`,
      );
    }
    if (schema.pattern !== undefined) {
      const test = `matches${name}`;
      const code = matcher(schema.pattern, test);
      if (typeof code === "string") {
        if (this.claim(test)) this.code.push(code);
      } else {
        this.refuse(path, `pattern: ${code.problem}`);
      }
      checks.push(
        `  if (!c.failed && !${test}(text)) ${wrong(`expected text that matches ${schema.pattern}`)};`,
      );
    }
    if (!checks.length) return { type: "string", absent, read: "c.text()" };
    const read = `read${name}`;
    if (this.claim(read)) {
      this.code.push(
        `function ${read}(c: Cursor): string {\n  const text = c.text();\n${checks.join("\n")}\n  return text;\n}\n`,
      );
    }
    return { type: "string", absent, read: `${read}(c)` };
  }

  private checkKeywords(schema: Schema, path: string): void {
    for (const key of Object.keys(schema)) {
      if (!KEYWORDS.has(key) && !/^(x-|wso2\/)/.test(key)) {
        this.refuse(
          path,
          `${key}: is not a keyword that parameters may use; there are: ${[...KEYWORDS].join(", ")}`,
        );
      }
    }
  }

  private refuse(path: string, problem: string): never {
    throw new UserError(`${this.file}: ${path}.${problem}`);
  }
}

const KEYWORDS = new Set(
  (
    "type description title default examples enum properties required additionalProperties minProperties " +
    "items minItems maxItems minLength maxLength pattern minimum maximum format $ref $defs"
  ).split(" "),
);

function integer(schema: Schema): Shape {
  const few = schema.enum as number[] | undefined;
  const least = schema.minimum ?? (few && Math.min(...few));
  const most = schema.maximum ?? (few && Math.max(...few));
  const small = least !== undefined && most !== undefined && least >= -(2 ** 31) && most < 2 ** 31;
  const low = least === undefined ? "i64.MIN_VALUE" : String(least);
  const high = most === undefined ? "i64.MAX_VALUE" : String(most);
  const read = `c.integer(${low}, ${high})`;
  const absent = String(schema.default ?? 0);
  return small ? { type: "i32", absent, read: `<i32>${read}` } : { type: "i64", absent, read };
}

function float(value: unknown): string {
  const text = String(value);
  return /[.e]/.test(text) ? text.replace("e+", "e") : `${text}.0`;
}

function title(key: string): string {
  return key
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part.length)
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join("");
}

/** A property's name as a field; what AssemblyScript reserves gets an underscore. */
function fieldName(key: string): string {
  const name = key.replace(
    /[^A-Za-z0-9_$]+(.)?/g,
    (_, next: string | undefined) => next?.toUpperCase() ?? "",
  );
  return RESERVED.has(name) ? `${name}_` : name;
}

const RESERVED = new Set(
  "break case catch class const continue default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with read".split(
    " ",
  ),
);
