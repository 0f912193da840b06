/** Walks values beside their schema. */
import type { JsonSchema } from "./field.ts";

/** The schema of a key; null when there is no such key. */
export function propertyOf(schema: JsonSchema, key: string): JsonSchema | null {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key]!;
  const pattern = Object.keys(schema.patternProperties ?? {}).find((one) =>
    new RegExp(one).test(key),
  );
  if (pattern !== undefined) return schema.patternProperties![pattern]!;
  const { additionalProperties: rest } = schema;
  return typeof rest === "object" ? rest : rest === true ? {} : null;
}

/** Calls `visit` for every value that is there; what it returns takes the value's place. Outer values come first. */
export function walk(
  value: unknown,
  schema: JsonSchema,
  visit: (value: unknown, schema: JsonSchema, path: string) => unknown,
  path = "",
): unknown {
  const seen = visit(value, schema, path);
  if (Array.isArray(seen))
    return seen.map((item, i) => walk(item, schema.items ?? {}, visit, `${path}[${i}]`));
  if (typeof seen !== "object" || seen === null) return seen;
  return Object.fromEntries(
    Object.entries(seen).map(([key, item]) => [
      key,
      walk(item, propertyOf(schema, key) ?? {}, visit, path ? `${path}.${key}` : key),
    ]),
  );
}

/**
 * Takes what TOML, YAML and the environment write for the same thing: numbers and flags as texts, a single value for a list,
 * `true` for a section that has `enabled`, an empty section.
 */
export const lenient = (value: unknown, schema: JsonSchema): unknown =>
  walk(value, schema, (one, { type, properties }) => {
    if (one === null && (type === "object" || type === "array")) return type === "object" ? {} : [];
    if (typeof one === "bigint") return Number(one);
    if (typeof one === "boolean" && properties?.enabled) return { enabled: one };
    if (type === "array" && (typeof one === "string" || typeof one === "number")) return [one];
    if (type === "string" && typeof one === "number") return String(one);
    if (typeof one !== "string") return one;
    if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(one))
      return Number(one);
    if (type === "boolean" && /^(true|false)$/i.test(one)) return one.toLowerCase() === "true";
    return one;
  });

/** A copy in which nothing secret is left. Addresses keep what is not their password. */
export const redacted = (value: unknown, schema: JsonSchema): unknown =>
  walk(value, schema, (one, { "x-secret": secret }, path) => {
    if (typeof one !== "string" || one === "") return one;
    if (secret) return mask(one);
    // Whose schema is somebody else's has only its names to go by.
    if (path.startsWith("policy_configurations") && sensitive.test(path.split(".").at(-1)!))
      return "***";
    return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(one) ? "***" : one.replace(inUrl, "$1***@");
  });

const sensitive = /passw|secret|token$|api_?key|credential|private/i;
const inUrl = /^([a-z][a-z0-9+.-]*:\/\/[^:@/]*:)[^@/]*@/i;
const mask = (text: string): string => (inUrl.test(text) ? text.replace(inUrl, "$1***@") : "***");
