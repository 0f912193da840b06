/** Every input that is wrong is refused by its field, and changes nothing: neither what is stored nor what is served. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { fields, generally, type Field } from "./every-field.ts";
import { invalidSpecs } from "./invalid-cases.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
  await call("POST", "/rest-apis", restApi("kept", 9));
});
afterAll(() => t.close());

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  t.manage(method, path, body, headers);
const pets = (spec: object = {}) => restApi("pets", 9, spec);
/** What is stored and what is served of the one that is there. */
const kept = async () => {
  const { headers, body } = await call("GET", "/rest-apis/kept");
  return { etag: headers.get("etag"), body, served: t.gateway.control.compiled("kept") };
};

/** What a field takes is more than a type: a pattern, a size, a choice. */
const isNarrow = ({ schemas }: Field) =>
  schemas.some((schema) =>
    ["enum", "pattern", "minLength", "maxLength", "minimum", "minItems", "maxItems"].some(
      (rule) => rule in schema,
    ),
  );

test("every field that takes only some values of its type has a case with another", () => {
  const covered = new Set(
    [...invalidSpecs, ...invalidDocuments].map(([field]) => generally(field)),
  );
  const missing = fields.filter((field) => isNarrow(field) && !covered.has(field.path));
  expect(missing.map(({ path }) => path)).toEqual([]);
});

const invalidDocuments: [field: string, document: object][] = [
  ["kind", { ...pets(), kind: "Pod" }],
  ["metadata", { ...pets(), metadata: undefined }],
  ["metadata.name", { ...pets(), metadata: { name: "a b" } }],
  ["metadata.name", { ...pets(), metadata: { name: "a/b" } }],
  ["metadata.name", { ...pets(), metadata: { name: "a}b" } }],
  ["metadata.name", { ...pets(), metadata: { name: "a\u0001b" } }],
  ["metadata.name", { ...pets(), metadata: { name: "x".repeat(256) } }],
  ["metadata.name", { ...pets(), metadata: { name: null } }],
  ["metadata.labels.a", { ...pets(), metadata: { name: "pets", labels: { a: {} } } }],
  ["metadata.annotations.a", { ...pets(), metadata: { name: "pets", annotations: { a: [] } } }],
  ["kind", { ...pets(), kind: undefined }],
  ["spec", { ...pets(), spec: undefined }],
  ["spec", { ...pets(), spec: [] }],
  ["apiVersion", { ...pets(), apiVersion: {} }],
  ["metadata.labels.a b", { ...pets(), metadata: { name: "pets", labels: { "a b": "c" } } }],
];

describe("an invalid RestApi is refused by the field that is wrong, and nothing changed:", () => {
  test.each(invalidSpecs)("%s %j", async (field, spec) => {
    const answer = await call("POST", "/rest-apis", pets(spec));
    expect(answer).toMatchObject({ status: 400, body: { status: "error" } });
    expect(answer.body.errors!.map((error) => error.field)).toContain(field);
    expect((await call("GET", "/rest-apis/pets")).status).toBe(404);
    const before = await kept();
    const put = await call("PUT", "/rest-apis/kept", restApi("kept", 9, spec));
    expect(put.body.errors!.map((error) => error.field)).toContain(field);
    expect(await kept()).toEqual(before);
  });

  test.each(invalidDocuments)("%s", async (field, document) => {
    const answer = await call("POST", "/rest-apis", document);
    expect(answer.status).toBe(400);
    expect(answer.body.errors!.map((error) => error.field)).toContain(field);
  });

  test("text that cannot be read, or is no document", async () => {
    for (const body of ["{", "a: [", "- 1", "7", "", "null", "a: &a [*a, *a]"]) {
      const answer = await call("POST", "/rest-apis", body, { "content-type": "application/yaml" });
      expect([answer.status, body]).toEqual([400, body]);
    }
  });

  test("a PUT whose name is not the one in the URL", async () => {
    await call("POST", "/rest-apis", pets());
    const answer = await call("PUT", "/rest-apis/pets", restApi("other", 9));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: "metadata.name" }] } });
    await call("DELETE", "/rest-apis/pets");
  });

  test("a document of more than 8 MiB", async () => {
    const answer = await call("POST", "/rest-apis", pets({ context: "x".repeat(9 * 1_048_576) }));
    expect(answer.status).toBe(413);
  });
});
