import { expect, test } from "vitest";
import { PolicyCatalog } from "../../../../controller/deploy/policies/catalog.ts";

const properties = {
  count: { type: "integer" },
  on: { type: "boolean" },
  text: { type: "string" },
  many: { type: "array", items: { type: "object", properties: { ms: { type: "number" } } } },
};
const parameters = { type: "object", properties, additionalProperties: false };
const catalog = new PolicyCatalog([{ name: "p", version: "v1.0.0", parameters }]);
const check = (params: Record<string, unknown>) =>
  catalog.check({ name: "p", version: "v1", executionCondition: null, params, field: "f" });

test("a number or a truth that is written as a text is one, and a number is a text where one is wanted", () => {
  const params = { count: "5", on: "true", text: 8080, many: [{ ms: "1.5" }] };
  expect(check(params)).toMatchObject({
    resolved: { params: { count: 5, on: true, text: "8080", many: [{ ms: 1.5 }] } },
  });
});

test.each([
  ["f.params.count", { count: true }, "must be number, found true"],
  ["f.params.count", { count: null }, "must be number, found null"],
  ["f.params.on", { on: 1 }, "must be boolean, found 1"],
  ["f.params.text", { text: null }, "must be string, found null"],
  ["f.params.many[1].ms", { many: [{ ms: 1 }, { ms: false }] }, "must be number, found false"],
])("%s is refused as %j", (field, params, message) => {
  expect(check(params)).toEqual({ errors: [{ field, message }] });
});
