/** Values by a schema of the description, and values that nobody expects. */
import fc from "fast-check";
import type { OpenApi } from "../../../controller/describe/openapi.ts";
import type { Schema } from "../../../controller/describe/schema.ts";

const deepest = 5;

/** Mostly what the schema asks for; what no generator can promise, such as a pattern with a length, may fall beside it. */
export class Fitting {
  private readonly made = new Map<Schema, fc.Arbitrary<unknown>>();

  constructor(private readonly api: OpenApi) {}

  to(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
    const known = this.made.get(schema);
    if (known) return known;
    const made = this.make(this.resolve(schema), depth);
    if (depth < 2) this.made.set(schema, made);
    return made;
  }

  resolve(schema: Schema): Schema {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return schema;
    return this.api.components.schemas[reference.split("/").at(-1)!]!;
  }

  private make(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    if (depth > deepest) return fc.constant(null);
    if ("const" in schema) return fc.constant(schema["const"]);
    if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
    const alternatives = (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined;
    if (alternatives) return fc.oneof(...alternatives.map((one) => this.to(one, depth + 1)));
    const [type] = [schema["type"]].flat() as (string | undefined)[];
    switch (type) {
      case "object":
        return this.object(schema, depth);
      case "array":
        return fc.array(this.to((schema["items"] ?? {}) as Schema, depth + 1), {
          minLength: Number(schema["minItems"] ?? 0),
          maxLength: Math.min(3, Number(schema["maxItems"] ?? 3)),
        });
      case "string":
        return text(schema);
      case "integer":
      case "number":
        return fc.integer({
          min: Math.max(-(2 ** 31), Number(schema["minimum"] ?? 0)),
          max: Math.min(2 ** 31 - 1, Number(schema["maximum"] ?? 1_000)),
        });
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      default:
        return odd;
    }
  }

  private object(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const { properties = {}, required = [] } = schema as {
      properties?: Record<string, Schema>;
      required?: string[];
    };
    const fields = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, this.to(one, depth + 1)]),
    );
    return fc.record(fields, { requiredKeys: required });
  }
}

function text({ pattern, minLength, maxLength }: Schema): fc.Arbitrary<string> {
  const most = Math.min(Number(maxLength ?? 300), 300);
  if (typeof pattern !== "string")
    return fc.string({ minLength: Number(minLength ?? 0), maxLength: Math.min(most, 20) });
  try {
    return fc
      .stringMatching(new RegExp(pattern), { size: "small" })
      .map((found) => found.slice(0, most));
  } catch {
    // Not every pattern can be turned round.
    return fc.string({ maxLength: 20 });
  }
}

export const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      0,
      -1,
      1e308,
      1e21,
      "",
      " ",
      "/",
      "//",
      "/..",
      "{}",
      "/{",
      "\0",
      "\ud800",
      "%00",
    ],
    ...["{{", "{{ env }}", '{{ secret "x" }}', "\ue000a\ue001", "__proto__", "constructor", "*"],
    ...[[], {}, [[]], [null], { a: { b: 1 } }, JSON.parse('{"__proto__": 1}'), "a".repeat(5_000)],
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: 30 }),
);
