/** Values by the schema of a policy's parameters: such as it wants, and such with something broken in them. */
import fc from "fast-check";
import type { Definition, Schema } from "../../cli/build/definition.ts";

/** What a chain holds: the author's parameters and those of the gateway's configuration, in one. */
export const wholeSchema = ({ parameters, systemParameters: system }: Definition): Schema => ({
  type: "object",
  additionalProperties: parameters.additionalProperties ?? true,
  properties: { ...parameters.properties, ...system?.properties },
  required: [...(parameters.required ?? []), ...(system?.required ?? [])],
  $defs: { ...parameters.$defs, ...system?.$defs },
});

/** Texts that mean something to one policy or another. */
const telling = [
  ...[
    "",
    " ",
    "*",
    "/",
    "//",
    "..",
    "$",
    "$.a",
    "{",
    "{{",
    "%",
    "%00",
    "\0",
    "\r\nx: y",
    "é",
    "\ud83d\ude00",
  ],
  ...[
    "1s",
    "0s",
    "-1s",
    "1h",
    "99999999h",
    "1e400",
    "true",
    "null",
    "127.0.0.1",
    "::/0",
    "10.0.0.0/33",
  ],
  ...[
    "http://idp.example/x?y#z",
    "https://user:pass@idp.example",
    "ftp://x",
    "(a+)+$",
    "[",
    "(?=a)",
  ],
  ...[
    "request.Method == 'GET'",
    "1 / 0 == 1",
    "request.Headers['a'][0]",
    "auth.Subject",
    "x".repeat(5000),
  ],
  ...["authorization", ":path", "host", "content-length", "transfer-encoding", "x-a", "Bearer"],
];
const texts = fc.oneof(fc.constantFrom(...telling), fc.string({ maxLength: 40 }));

export function fitting(schema: Schema, root: Schema = schema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
    return depth > 6 || !target ? fc.constant({}) : fitting(target, root, depth + 1);
  }
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const { minimum: least = -1000, maximum: most = 1_000_000 } = schema;
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.oneof(fc.constantFrom(least, most), fc.integer({ min: least, max: most }));
    case "number":
      return fc.oneof(
        fc.constantFrom(least, most),
        fc.double({ min: least, max: most, noNaN: true }),
      );
    case "array":
      return fc.array(fitting(schema.items ?? {}, root, depth + 1), {
        minLength: Math.min(schema.minItems ?? 0, 3),
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case "object":
      return schema["x-sluice-raw"] ? fc.object({ maxDepth: 2 }) : anObject(schema, root, depth);
    default:
      return schema.pattern === undefined
        ? texts
        : fc.oneof({ weight: 4, arbitrary: fc.stringMatching(new RegExp(schema.pattern)) }, texts);
  }
}

function anObject(schema: Schema, root: Schema, depth: number): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties: others } = schema;
  if (Object.keys(properties).length === 0 && typeof others === "object")
    return fc.dictionary(texts, fitting(others, root, depth + 1), { maxKeys: 3 });
  const members = Object.entries(properties).map(([name, inner]) => [
    name,
    fitting(inner, root, depth + 1),
  ]);
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required.filter((name) => name in properties),
  });
}

/** The same with one thing in it that is of another kind, gone, or too much. */
export const broken = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      value,
      fc.array(fc.nat(30), { maxLength: 4 }),
      fc.oneof(fc.json().map(parsed), texts),
      fc.nat(3),
    )
    .map(([whole, way, other, how]) => changed(whole, way, other, how));

const parsed = (text: string): unknown => JSON.parse(text) as unknown;

function changed(value: unknown, [step, ...way]: number[], other: unknown, how: number): unknown {
  if (step === undefined || typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (Array.isArray(value)) {
    if (key === undefined || how === 1) return [...(value as unknown[]), other];
    return value.map((one: unknown, i) =>
      i === Number(key) ? changed(one, way, other, how) : one,
    );
  }
  if (key === undefined || how === 2) return { ...value, unheardOf: other };
  if (how === 3 && way.length === 0)
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return { ...value, [key]: changed((value as Record<string, unknown>)[key], way, other, how) };
}
