/** A policy's parameters as rows of a table: path, type with its limits, default, description. */
import { code } from "./markdown.ts";

/** What is read of a JSON Schema: of a policy's, or of the configuration's. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  /** What the pattern asks for, in words. */
  readonly "x-expected"?: string;
}

export type Row = [path: string, type: string, absent: string, description: string];

/** A schema may contain itself; nobody reads on below this. */
const deepest = 8;

/** A row for each property, those of objects in objects and lists below them. */
export function rowsOf(root: Schema): Row[] {
  const resolve = (schema: Schema): Schema => {
    if (!schema.$ref) return schema;
    const { $ref, ...own } = schema;
    return { ...root.$defs?.[$ref.slice($ref.lastIndexOf("/") + 1)], ...own };
  };
  const walk = (object: Schema, prefix: string, depth: number): Row[] =>
    Object.entries(object.properties ?? {}).flatMap(([key, value]) => {
      const schema = resolve(value);
      const path = prefix + key;
      const items = schema.items && resolve(schema.items);
      const row: Row = [
        path,
        typeOf(schema, items),
        absentOf(schema, object.required?.includes(key) ?? false),
        [schema.description, items?.type !== "object" && items?.description]
          .filter(Boolean)
          .join(" "),
      ];
      if (depth === deepest) return [row];
      if (items) return [row, ...walk(items, `${path}[].`, depth + 1)];
      const { additionalProperties: open } = schema;
      const named =
        typeof open === "object" ? walk(resolve(open), `${path}.<name>.`, depth + 1) : [];
      return [row, ...walk(schema, `${path}.`, depth + 1), ...named];
    });
  return walk(resolve(root), "", 1);
}

function absentOf(schema: Schema, required: boolean): string {
  if (required) return "required";
  return schema.default === undefined ? "" : code(JSON.stringify(schema.default));
}

function typeOf(schema: Schema, items: Schema | undefined): string {
  if (schema.enum) return schema.enum.map((one) => code(String(one))).join(", ");
  if (items) return `list of ${counted(schema)}${itemsOf(items)}`;
  if (schema["x-expected"]) return schema["x-expected"].replace(/^an? /, "");
  const limits = [
    between(schema.minLength, schema.maxLength, " characters"),
    between(schema.minimum, schema.maximum, ""),
    schema.minProperties ? ` with at least ${schema.minProperties} of these` : "",
    schema.pattern ? ` like ${code(schema.pattern)}` : "",
  ];
  const open = schema.additionalProperties;
  const map = typeof open === "object" ? ` of ${open.type ?? "object"}s by name` : "";
  return `${schema.type ?? "object"}${map}${limits.join("")}`;
}

function itemsOf(items: Schema): string {
  if (items.enum) return items.enum.map((one) => code(String(one))).join(", ");
  return typeOf(items, items.items).replace(/^\w+/, (type) => `${type}s`);
}

function counted({ minItems, maxItems }: Schema): string {
  return between(minItems, maxItems, " ").replace(/^ (of )?/, "");
}

function between(least: number | undefined, most: number | undefined, what: string): string {
  const number = (value: number) => value.toLocaleString("en");
  if (most === undefined) return least ? ` from ${number(least)}${what}` : "";
  if (!least) return ` up to ${number(most)}${what}`;
  return least === most
    ? ` of ${number(most)}${what}`
    : ` of ${number(least)} to ${number(most)}${what}`;
}
