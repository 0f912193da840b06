/**
 * Every field of a RestApi, as the schema that is made of the reader has it: no value of another type is taken, and none
 * just beyond its bounds.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Schema } from "../../../controller/describe/schema.ts";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { fields, fullDocuments, nameOf, placesOf, withValue, type Field } from "./every-field.ts";

let t: TestGateway;
const documents = fullDocuments("kept");
beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    gatewayPolicies: [
      { name: "tiny", version: "v1", executionCondition: null, params: {}, mandatory: false },
    ],
  });
});
afterAll(() => t.close());

/** Read-only: an answer may be sent back as it came. */
const ignored = new Set(["status"]);

test("the documents that are taken have every field of the schema", async () => {
  expect(fields.length).toBeGreaterThan(100);
  expect(fields.filter((field) => placesIn(field).length === 0).map(({ path }) => path)).toEqual(
    [],
  );
  await t.manage("POST", "/rest-apis", documents[0]);
  for (const document of documents)
    expect(await t.manage("PUT", "/rest-apis/kept", document)).toMatchObject({ status: 200 });
});

const placesIn = (field: Field) =>
  documents.flatMap((document) => placesOf(document, field).map((way) => ({ document, way })));

const types = { text: "\u0007 a", number: -1.5, flag: true, list: [[]], object: { a: {} } };
type Type = keyof typeof types;

/** The types of which a field takes some value. */
function takenBy({ schemas }: Field): Set<Type> {
  const names: Record<string, Type> = {
    ...{ string: "text", number: "number", integer: "number", boolean: "flag" },
    ...{ array: "list", object: "object" },
  };
  return new Set(
    schemas.flatMap((schema) => {
      const values = (schema["enum"] ?? []) as unknown[];
      const all = [schema["type"] ?? []].flat() as string[];
      return [...all, ...values.map((value) => typeof value)].flatMap((one) => names[one] ?? []);
    }),
  );
}

const stored = async () => ({
  body: (await t.manage("GET", "/rest-apis/kept")).body,
  served: t.gateway.control.compiled("kept"),
});

/** Puts each value in each place of the field: all are refused by it, and nothing changed. */
async function refuses(field: Field, values: readonly unknown[]): Promise<void> {
  const before = await stored();
  expect(values.length).toBeGreaterThan(0);
  for (const { document, way } of placesIn(field))
    for (const value of values) {
      const answer = await t.manage("PUT", "/rest-apis/kept", withValue(document, way, value));
      const found = answer.body.errors?.map((error) => error.field) ?? [];
      expect([value, answer.status, found]).toEqual([
        value,
        400,
        expect.arrayContaining([expect.stringMatching(below(nameOf(way)))]),
      ]);
    }
  expect(await stored()).toEqual(before);
}

const named = (some: readonly Field[]) => some.map((field) => [field.path, field] as const);

test.each(named(fields.filter(({ path }) => !ignored.has(path))))(
  "%s takes no other type",
  async (_, field) => {
    const taken = takenBy(field);
    const others = (Object.keys(types) as Type[]).filter((type) => !taken.has(type));
    await refuses(
      field,
      others.map((type) => types[type]),
    );
  },
);

/** Just beyond what one alternative of a field takes; none of it is what another takes. */
const beyond = (schema: Schema): unknown[] => {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema as Record<
    string,
    number | undefined
  >;
  return [
    ...(minimum === undefined ? [] : [minimum - 1, "", " ", "0x1"]),
    ...(maximum === undefined ? [] : [maximum + 1, maximum - 0.5]),
    ...(minLength === undefined ? [] : [""]),
    ...(maxLength === undefined ? [] : ["a".repeat(maxLength + 1)]),
    ...(schema["pattern"] || schema["enum"] ? ["\u0007 none of them"] : []),
    ...(minItems ? [[]] : []),
    ...(maxItems === undefined ? [] : [Array(maxItems + 1).fill({})]),
  ];
};

test.each(named(fields.filter(({ schemas }) => schemas.flatMap(beyond).length > 0)))(
  "%s takes nothing beyond its bounds",
  (_, field) => refuses(field, field.schemas.flatMap(beyond)),
);

/** The field itself, or one within it. */
const below = (name: string): RegExp => new RegExp(`^${name.replace(/[.[\]]/g, "\\$&")}($|[.[])`);
