/** Whether a parameter's default is what its type and its `enum` ask for: generated code would not compile, or lie. */
import type { Schema } from "../definition.ts";

const isOf: { [type in NonNullable<Schema["type"]>]: (value: unknown) => boolean } = {
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
};

/** What is wrong with it, or null. */
export function wrongDefault({ type, default: given, enum: choices }: Schema): string | null {
  if (given === undefined) return null;
  const found = `found ${JSON.stringify(given)}`;
  if (type && isOf[type] && !isOf[type](given)) return `default: expected ${type}, ${found}`;
  if (choices && !choices.includes(given))
    return `default: expected one of ${choices.map((one) => JSON.stringify(one)).join(", ")}, ${found}`;
  return null;
}
