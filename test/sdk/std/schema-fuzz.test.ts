/**
 * JSON Schema against another implementation, on schemas and values by chance. Without `unevaluated…`, which Ajv decides
 * when it compiles: there the official suite is the judge.
 */
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { ascii, load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("schema");
});

const check = (schema: unknown, value: unknown) =>
  std.text("check", JSON.stringify(schema), "", ascii(JSON.stringify(value))) ?? "";

const name = fc.constantFrom("a", "b", "c", "ä", "~/");
const number = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constantFrom(0.5, -0.25, 1e20, 3));
const scalar = fc.oneof(
  number,
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom("", "a", "ab", "ää", "😀"),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const count = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object");

const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const one = tie("schema");
  const list = fc.array(one, { minLength: 1, maxLength: 3 });
  const named = fc.dictionary(name, one, { maxKeys: 3, noNullPrototype: true });
  return {
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.boolean(),
      fc.record(
        {
          type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
          enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }),
          minimum: number,
          exclusiveMaximum: number,
          multipleOf: fc.constantFrom(1, 2, 0.5),
          minLength: count,
          maxLength: count,
          pattern: fc.constantFrom("^a", "b$", "^.$", "\\u00e4"),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          const: value,
          items: one,
          contains: one,
          minItems: count,
          maxItems: count,
          uniqueItems: fc.boolean(),
          properties: named,
          patternProperties: fc.dictionary(fc.constantFrom("^a", "b", "~"), one, {
            maxKeys: 2,
            noNullPrototype: true,
          }),
          additionalProperties: one,
          propertyNames: one,
          required: fc.uniqueArray(name, { maxLength: 2 }),
          minProperties: count,
          maxProperties: count,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        { allOf: list, anyOf: list, oneOf: list, not: one, if: one, then: one, else: one },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          properties: named,
          anyOf: list,
          prefixItems: list,
          dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
          dependentSchemas: named,
        },
        { requiredKeys: [] },
      ),
    ),
  };
});

/** What Ajv says; for a few schemas it writes code that does not run. */
function ajvOn(ajv: Ajv | Ajv2020, one: unknown, data: unknown): boolean {
  try {
    return ajv.compile(one as object)(data) as boolean;
  } catch (error) {
    fc.pre(!(error instanceof ReferenceError));
    throw error;
  }
}

test("2020-12 decides as Ajv does", () => {
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false });
  fc.assert(
    fc.property(schema, value, (one, data) => {
      const theirs = ajvOn(ajv, one, data);
      expect([check(one, data) === "", one, data]).toEqual([theirs, one, data]);
    }),
    { seed: 7, numRuns: 400 },
  );
});

test("draft-7 decides as Ajv does", () => {
  const ajv = new Ajv({ strict: false, logger: false, validateSchema: false });
  const old = { $schema: "http://json-schema.org/draft-07/schema#" };
  const later = /"(prefix|dependent)/;
  fc.assert(
    fc.property(schema, value, (one, data) => {
      fc.pre(!later.test(JSON.stringify(one)));
      const whole = typeof one === "object" ? { ...old, ...one } : one;
      const theirs = ajvOn(ajv, one, data);
      expect([check(whole, data) === "", one, data]).toEqual([theirs, one, data]);
    }),
    { seed: 7, numRuns: 600 },
  );
});

test("schemas that are none are refused in words", () => {
  const words = fc.constantFrom(
    "type",
    "items",
    "properties",
    "required",
    "$ref",
    "$id",
    "pattern",
    "not",
    "enum",
    "multipleOf",
    "$defs",
    "$dynamicRef",
    "$anchor",
    "if",
    "minLength",
  );
  fc.assert(
    fc.property(
      fc.dictionary(words, fc.jsonValue(), { maxKeys: 5, noNullPrototype: true }),
      value,
      (one, data) => {
        expect(typeof check(one, data)).toBe("string");
      },
    ),
    { seed: 7, numRuns: 3_000 },
  );
});
