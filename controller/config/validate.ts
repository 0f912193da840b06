/** Holds a configuration against its schema: every fault by its path, with what was expected and what was found. */
import { Ajv, type ErrorObject } from "ajv";
import type { FieldError } from "../errors.ts";
import { quote } from "../model/reader.ts";
import type { JsonSchema } from "./field.ts";
import { closest } from "./closest.ts";
import { walk } from "./shape.ts";

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  useDefaults: true,
  verbose: true,
  logger: false,
});

/** Fills in the defaults of `value`, which it changes. */
export function validate(value: object, schema: JsonSchema): FieldError[] {
  if (ajv.validate(schema, value)) return [];
  return (ajv.errors ?? []).map(describe);
}

/** What was written and does nothing. */
export function withoutEffect(value: unknown, schema: JsonSchema): FieldError[] {
  const found: FieldError[] = [];
  walk(value, schema, (one, { "x-no-effect": reason }, path) => {
    if (reason) found.push({ field: path, message: `has no effect: ${reason}` });
    return reason ? null : one;
  });
  return found;
}

function describe({ instancePath, keyword, params, parentSchema, data }: ErrorObject): FieldError {
  const schema = (parentSchema ?? {}) as JsonSchema;
  const at = instancePath
    .split("/")
    .slice(1)
    .reduce(
      (path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
      "",
    );
  const inner = (key: string) => (at ? `${at}.${key}` : key);
  if (keyword === "additionalProperties") {
    const key = (params as { additionalProperty: string }).additionalProperty;
    const known = Object.keys(schema.properties ?? {});
    const near = closest(key, known);
    return {
      field: inner(key),
      message: `is not a key; ${near ? `did you mean ${near}?` : `expected one of ${known.join(", ")}`}`,
    };
  }
  if (keyword === "required")
    return {
      field: inner((params as { missingProperty: string }).missingProperty),
      message: "is required",
    };
  // A secret's value must not come back in a message.
  const found = schema["x-secret"] ? "another value" : quote(data);
  return {
    field: at || "the configuration",
    message: `expected ${expected(schema)}, found ${found}`,
  };
}

function expected(schema: JsonSchema): string {
  if (schema["x-expected"]) return schema["x-expected"];
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  const { type, minimum, maximum } = schema;
  switch (type) {
    case "integer":
    case "number":
      return `${type === "integer" ? "an integer" : "a number"} from ${minimum ?? "any"} to ${maximum ?? "any"}`;
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "object":
      return "a section with keys";
    default:
      return schema.pattern ? `a text that matches ${schema.pattern}` : "a text";
  }
}
