/** Parameters of the protection policies: what no schema can refuse is refused in words, and nothing at all is a fault. */
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { readDefinition, type Schema } from "../../cli/build/definition.ts";
import { chainTrials } from "../../controller/deploy/modules/try-chain.ts";

const tryChain = chainTrials();

const root = join(import.meta.dirname, "../../policies");
const names = [
  "cors",
  "csrf",
  "ip-restriction",
  "user-agent-restriction",
  "security-headers",
  "json-threat",
  "request-validation",
  "fault-injection",
  "cel-authz",
  "ext-authz",
];

let module: Uint8Array;
beforeAll(async () => {
  module = (await build(names.map((name) => join(root, name)))).wasm;
});

const chainOf = (name: string, params: object) => ({
  api: { name: "a", version: "v1", context: "/a", kind: "RestApi" },
  policies: [
    { name, version: "v1", params: params as Record<string, unknown>, attachedTo: "api" as const },
  ],
});

test.each<[name: string, params: object, words: string]>([
  [
    "cors",
    { allowedOrigins: ["*"], allowCredentials: true },
    "allowCredentials: not together with the origin *",
  ],
  ["cors", { allowedOrigins: ["https://a.example", "*"] }, "allowedOrigins[1]: * must stand alone"],
  ["cors", { allowedOrigins: ["(?=a)"] }, "allowedOrigins[0]: "],
  ["csrf", { key: "too short" }, "key: expected 16 to 1024 characters and found another"],
  ["ip-restriction", {}, "expected at least one of: allow, deny"],
  [
    "ip-restriction",
    { allow: ["10.0.0.0/33"] },
    'allow[0]: expected an address or a network such as 10.0.0.0/8, found "10.0.0.0/33"',
  ],
  ["ip-restriction", { deny: ["::1", "010.0.0.1"] }, "deny[1]: expected an address"],
  [
    "ip-restriction",
    { deny: ["::1"], trustedproxies: ["all"] },
    "trustedproxies[0]: expected an address",
  ],
  ["user-agent-restriction", {}, "expected at least one of: allow, deny"],
  ["user-agent-restriction", { deny: ["a", "["] }, "deny[1]: "],
  ["fault-injection", { headers: [] }, "expected at least one of: delay, abort"],
  ["request-validation", {}, "expected at least one of: body, query, headers"],
  ["request-validation", { body: { schema: { type: "x" } } }, "body.schema: type: expected a type"],
  [
    "request-validation",
    { query: { schema: { $ref: "http://a.example" } } },
    "query.schema: $ref: ",
  ],
  [
    "request-validation",
    { headers: { schema: { properties: { "X-A": {} } } } },
    "headers.schema: properties: header names are in lower case, found X-A",
  ],
  ["cel-authz", { expression: "path.id ==" }, "expression: "],
  [
    "cel-authz",
    { expression: "path.id" },
    "expression: expected a value that is true or false, found string",
  ],
  ["cel-authz", { expression: "nobody.knows" }, "expression: "],
  ["cel-authz", { expression: "true", path: "/a/{id}/{id}" }, "path: {id} stands in it twice"],
  ["cel-authz", { expression: "true", path: "/a/x{id}" }, "path: expected whole segments"],
])("%s refuses %j", async (name, params, words) => {
  expect(await tryChain(module, chainOf(name, params))).toContain(words);
});

/** Values that a schema allows, and some that it does not. */
function arbitrary(schema: Schema, definitions: Record<string, Schema>): fc.Arbitrary<unknown> {
  if (schema.$ref) {
    return arbitrary(definitions[schema.$ref.slice("#/$defs/".length)]!, definitions);
  }
  const odd = fc.oneof(
    { weight: 30, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  return odd.chain((value) =>
    value === undefined ? fitting(schema, definitions) : fc.constant(value),
  );
}

function fitting(schema: Schema, definitions: Record<string, Schema>): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    fc.constantFrom(
      "*",
      "GET",
      "a",
      "10.0.0.0/8",
      "::1",
      "true",
      "/a/{b}/*",
      "http://a.example/b",
      "(a|b)+",
      "[",
      "x-a",
    ),
    fc.string({ maxLength: 20, unit: "binary" }),
  );
  switch (schema.type) {
    case "object": {
      if (schema["x-sluice-raw"])
        return fc.oneof(fc.dictionary(keyword, fc.jsonValue(), { maxKeys: 4 }), fc.constant({}));
      if (typeof schema.additionalProperties === "object")
        return fc.dictionary(fc.string(), arbitrary(schema.additionalProperties, definitions), {
          maxKeys: 2,
        });
      const properties = Object.entries(schema.properties ?? {}).map(
        ([key, one]) => [key, arbitrary(one, definitions)] as const,
      );
      return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] });
    }
    case "array":
      return fc.array(arbitrary(schema.items!, definitions), { maxLength: 4 });
    case "integer":
      return fc.integer({
        min: (schema.minimum ?? 0) - 1,
        max: Math.min(schema.maximum ?? 1_000, 60_001),
      });
    case "number":
      return fc.double({ min: -1, max: 101 });
    case "boolean":
      return fc.boolean();
    default:
      return schema.enum ? fc.constantFrom(...schema.enum) : text;
  }
}

const keyword = fc.constantFrom(
  ..."type properties required items enum const pattern anyOf not $ref $id $defs minLength maximum multipleOf if then uniqueItems contains".split(
    " ",
  ),
);

test.each(names)("%s takes whatever it is given, or says what is wrong with it", async (name) => {
  const { parameters } = await readDefinition(join(root, name));
  await fc.assert(
    fc.asyncProperty(arbitrary(parameters, parameters.$defs ?? {}), async (params) => {
      const words = await tryChain(module, chainOf(name, params as object));
      if (words === null) return;
      expect(words).toContain(`policies[0]: ${name}: `);
      expect(words).not.toMatch(/too long|out of memory|recursion|unreachable|index/);
    }),
    { seed: 20_12, numRuns: 60 },
  );
});
