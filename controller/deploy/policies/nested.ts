/** Policies that stand in the parameters of another: items of an array that its schema marks with `x-sluice-policies`. */
import type { PolicyReference } from "../../model/shared.ts";

interface Schema {
  properties?: Record<string, { "x-sluice-policies"?: boolean }>;
}

interface Nested {
  name: string;
  version: string;
  params?: Record<string, unknown>;
}

/** The marked parameters that hold arrays. */
const holders = (params: Record<string, unknown>, schema: Schema): [string, Nested[]][] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    property["x-sluice-policies"] && Array.isArray(params[key])
      ? [[key, params[key] as Nested[]] as [string, Nested[]]]
      : [],
  );

/** The nested ones as references of their own. The parameters must fit the schema. */
export const nestedIn = (
  { params, field }: Pick<PolicyReference, "params" | "field">,
  schema: Schema,
): PolicyReference[] =>
  holders(params, schema).flatMap(([key, all]) =>
    all.map((one, i) => ({
      ...{ name: one.name, version: one.version, params: one.params ?? {} },
      executionCondition: null,
      field: `${field}.params.${key}[${i}]`,
    })),
  );

/** The parameters with `resolved` in place of the nested ones, in the same order. */
export function withNested(
  params: Record<string, unknown>,
  schema: Schema,
  resolved: readonly PolicyReference[],
): Record<string, unknown> {
  let next = 0;
  const changed = holders(params, schema).map(([key, all]): [string, Nested[]] => [
    key,
    all.map(() => {
      const { name, version, params } = resolved[next++]!;
      return { name, version, params };
    }),
  ]);
  return { ...params, ...Object.fromEntries(changed) };
}

/** The parameters with those of each nested policy as `change` makes them. */
export const changeNested = (
  params: Record<string, unknown>,
  schema: Schema,
  change: (name: string, params: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> => ({
  ...params,
  ...Object.fromEntries(
    holders(params, schema).map(([key, all]) => [
      key,
      all.map((one) => (one.params ? { ...one, params: change(one.name, one.params) } : one)),
    ]),
  ),
});
