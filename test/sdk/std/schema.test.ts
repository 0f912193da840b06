/** JSON Schema: the official test suite, and what schemas and values that mean harm cost. */
import { beforeAll, describe, expect, test } from "vitest";
import { ascii, load, type Std } from "./harness.ts";
import { remotes, required, type Group } from "./json-schema-suite.ts";

const drafts = {
  draft7: "http://json-schema.org/draft-07/schema#",
  "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
} as const;
type Draft = keyof typeof drafts;

let std: Std;
beforeAll(async () => {
  std = await load("schema");
});

const json = (value: unknown) => ascii(JSON.stringify(value));

/** What is wrong with a schema, or with a value by it; `""` if nothing is. */
const check = (schema: unknown, value: unknown, documents: [string, string][] = []) =>
  std.text("check", JSON.stringify(schema), documents.flat().join("\0"), json(value)) ?? "";

/** How many of a draft's tests go as they should, and the groups in which one does not. */
function play(draft: Draft): { tests: number; right: number; wrong: Set<string> } {
  const others = remotes(draft);
  const wrong = new Set<string>();
  let tests = 0;
  let right = 0;
  for (const [file, groups] of required(draft)) {
    for (const { schema, description, ...group } of groups as Group[]) {
      const marked = typeof schema === "object" ? { $schema: drafts[draft], ...schema } : schema;
      const documents = JSON.stringify(schema).includes("localhost:1234") ? others : [];
      for (const one of group.tests) {
        const found = check(marked, one.data, documents);
        tests++;
        // A schema that is refused refuses everything: that is no answer.
        if (!found.startsWith("schema:") && (found === "") === one.valid) right++;
        else wrong.add(`${file}: ${description}`);
      }
    }
  }
  return { tests, right, wrong };
}

describe("the required tests of the official suite", () => {
  test.each<[Draft, number, string[]]>([
    [
      "draft7",
      906,
      [
        "definitions: validate definition against metaschema",
        "ref: remote ref, containing refs itself",
      ],
    ],
    [
      "draft2020-12",
      1245,
      [
        "defs: validate definition against metaschema",
        "ref: remote ref, containing refs itself",
        "vocabulary: schema that uses custom metaschema with with no validation vocabulary",
        "vocabulary: ignore unrecognized optional vocabulary",
      ],
    ],
  ])("%s: all %i pass but those of the drafts' own schemas", (draft, count, known) => {
    const { tests, right, wrong } = play(draft);
    expect(tests).toBe(count);
    expect([...wrong]).toEqual(known);
    expect(right / tests).toBeGreaterThan(0.99);
  });
});

describe("a schema is refused with what is wrong", () => {
  test.each([
    [{ type: "text" }, "type: expected a type or a list of types"],
    [{ properties: { a: 1 } }, "schema: expected an object, true or false"],
    [{ minLength: -1 }, "minLength: expected a whole number from 0"],
    [{ required: "a" }, "required: expected a list of names"],
    [{ multipleOf: 0 }, "multipleOf: expected a number above 0 of at most 17 digits"],
    [{ pattern: "(?=a)" }, /^pattern: .+ in \(\?=a\)$/],
    [
      { $ref: "https://schemas.example/a" },
      /^\$ref: "https:\/\/schemas.example\/a" names no schema/,
    ],
    [{ $ref: "#/$defs/a" }, /names no schema that was given/],
    [{ $schema: "http://json-schema.org/draft-04/schema#" }, /^\$schema: expected draft-07 or/],
    [
      { $id: "https://a.example/", allOf: [{ $id: "https://a.example/b" }, { $id: "b" }] },
      /two schemas/,
    ],
  ])("%j", (schema, problem) => {
    const found = check(schema, 1);
    expect(found).toMatch(/^schema: /);
    const text = found.slice("schema: ".length);
    if (typeof problem === "string") expect(text).toBe(problem);
    else expect(text).toMatch(problem);
  });

  test("that is too large or too deep", () => {
    expect(check({ description: "x".repeat(300_000) }, 1)).toMatch(/larger than 262144 bytes/);
    const deep = JSON.parse(`${'{"not":'.repeat(70)}{}${"}".repeat(70)}`) as object;
    expect(check(deep, 1)).toMatch(/too many levels/);
  });
});

describe("numbers are what is written", () => {
  const limits = (schema: object, value: string) =>
    std.text("check", JSON.stringify(schema).replace(/"~|~"/g, ""), "", ascii(value)) === "";

  test.each([
    [{ maximum: "~9007199254740992~" }, "9007199254740993", false],
    [{ const: "~9007199254740993~" }, "9007199254740992", false],
    [{ const: "~100~" }, "1.00e2", true],
    [{ type: "integer" }, "1e400", true],
    [{ type: "integer" }, "1e-400", false],
    [{ minimum: 0 }, "-1e-999999999999999999999", false],
    [{ multipleOf: 0.1 }, "0.3", true],
    [{ multipleOf: 7 }, "1e300", false],
    [{ uniqueItems: true }, "[1, 1.0]", false],
  ])("%j of %s: %s", (schema, value, valid) => {
    expect(limits(schema, value)).toBe(valid);
  });
});

describe("what a value costs is bounded", () => {
  const nothing = "takes too much work to check";

  test("alternatives that multiply with each level", () => {
    const again = { properties: { a: { $ref: "#" } }, allOf: [{ required: ["b"] }] };
    const value = JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) as object;
    expect(check({ anyOf: [again, again] }, value)).toBe(nothing);
    expect(check({ not: { anyOf: [again, again] } }, value)).toBe(nothing);
  });

  test("a reference that only leads to itself", () => {
    expect(check({ $ref: "#" }, 1)).toBe(nothing);
    expect(check({ not: { $ref: "#" } }, 1)).toBe(nothing);
  });

  test.each([
    ["many names", { required: ["a", "b"], properties: { a: true } }, manyNames(20_000)],
    ["many numbers", { items: { type: "number" } }, Array.from({ length: 50_000 }, () => 1)],
    ["many items, none twice", { uniqueItems: true }, Array.from({ length: 50_000 }, (_, i) => i)],
    [
      "many items, looked at one by one",
      { items: { type: "number" }, unevaluatedItems: false },
      Array.from({ length: 50_000 }, () => 1),
    ],
    ["a long text", { pattern: "^(a+)+$", maxLength: 900_000 }, "a".repeat(500_000)],
  ])("%s", async (_, schema, value) => {
    const metered = await load("schema", true);
    const bytes = json(value);
    const text = metered.text("check", JSON.stringify(schema), "", bytes);
    expect(text).toBe("required" in schema ? 'must have "a"' : "");
    expect((2_000_000_000 - metered.left()) / bytes.length).toBeLessThan(1100);
  });
});

function manyNames(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`name${i}`, i]));
}
