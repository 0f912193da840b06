/**
 * What coercion may not do: documents write a number as a text and a text as a number, but true is not 1, and nothing is
 * not "". The validator knows no such choice, so what it made is held against what was written.
 */
import type { FieldError } from "../../errors.ts";

export function wronglyCoerced(written: unknown, made: unknown, field: string): FieldError[] {
  if (typeof made === "object" && made !== null) {
    if (typeof written !== "object" || written === null) return [refusal(written, made, field)];
    return Object.entries(made).flatMap(([key, value]) =>
      key in written
        ? wronglyCoerced(
            (written as Record<string, unknown>)[key],
            value,
            Array.isArray(made) ? `${field}[${key}]` : `${field}.${key}`,
          )
        : [],
    );
  }
  const sides = [typeof written, typeof made];
  const isFair =
    made === written || (written !== null && (sides[0] === sides[1] || sides.includes("string")));
  return isFair ? [] : [refusal(written, made, field)];
}

const refusal = (written: unknown, made: unknown, field: string): FieldError => ({
  field,
  message: `must be ${made === null ? "null" : typeof made}, found ${JSON.stringify(written)}`,
});
