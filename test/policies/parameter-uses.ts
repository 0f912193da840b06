/**
 * What a policy's parameters can be, by their schema, and what of it cases use: texts such as `limits[].period=week`. Parts
 * of the SDK have names of their own, such as `key.type=ip`, since what is done with them is written once.
 */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { allParameters, type Definition, type Schema } from "../../cli/build/definition.ts";
import type { Case } from "../../host-sim/cases.ts";

const parts = parse(await readFile("sdk/limits/parameters.yaml", "utf8")) as Record<string, Schema>;
const bodyOf = ({ description: _, ...schema }: Schema): string => JSON.stringify(schema);
const partNames = new Map(Object.entries(parts).map(([name, part]) => [bodyOf(part), name]));

/** Of a part of the SDK, from which several policies are made. */
export const isShared = (use: string): boolean => use.startsWith("sdk: ");

const placeOf = (path: string, schema: Schema): string => {
  const name = partNames.get(bodyOf(schema));
  return name === undefined ? path : `sdk: ${name}`;
};

/** A parameter, each value that is one of few, and, of one that has a default, what is not the default. */
export function possibleUses(definition: Definition): Set<string> {
  const uses = new Set<string>();
  const root = allParameters(definition);
  const add = (place: string, open: readonly Schema[], given: Schema) => {
    const schema = resolve(given, root);
    if (open.includes(schema) || schema["x-sluice-withheld"]) return;
    const inside = [...open, schema];
    if (place !== "") uses.add(place);
    const path = placeOf(place, schema);
    for (const value of fewValues(schema)) uses.add(`${path}=${String(value)}`);
    if (schema.default !== undefined && fewValues(schema).length === 0)
      uses.add(`${path} beside the default`);
    for (const [name, inner] of Object.entries(schema.properties ?? {}))
      add(path === "" ? name : `${path}.${name}`, inside, inner);
    if (schema.items) add(`${path}[]`, inside, schema.items);
    if (typeof schema.additionalProperties === "object")
      add(`${path}{}`, inside, schema.additionalProperties);
  };
  add("", [], root);
  return uses;
}

/** What these cases use, also by leaving something out that has a default. */
export function usesOf(definition: Definition, cases: readonly Case[]): Set<string> {
  const uses = new Set<string>();
  const root = allParameters(definition);
  const add = (place: string, given: Schema, value: unknown) => {
    const schema = resolve(given, root);
    const { default: standard } = schema;
    if (value !== undefined) uses.add(place);
    const path = placeOf(place, schema);
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(standard))
      uses.add(`${path} beside the default`);
    for (const one of fewValues(schema))
      if ((value ?? standard) === one) uses.add(`${path}=${String(one)}`);
    for (const [name, inner] of Object.entries(schema.properties ?? {}))
      add(path === "" ? name : `${path}.${name}`, inner, memberOf(value, name));
    if (schema.items && Array.isArray(value))
      for (const one of value) add(`${path}[]`, schema.items, one);
    if (typeof schema.additionalProperties === "object" && value)
      for (const one of Object.values(value)) add(`${path}{}`, schema.additionalProperties, one);
  };
  for (const params of cases.flatMap((one) => paramsOf(definition.name, one)))
    add("", root, params);
  return uses;
}

/** All parameters that a case gives to a policy, at any place of any chain. */
function paramsOf(name: string, { params, chain, routes = [], steps = [] }: Case): unknown[] {
  const links = [chain, ...routes.map((route) => route.chain)].flatMap((one) =>
    Array.isArray(one) ? one : ((one as { policies?: unknown[] } | undefined)?.policies ?? []),
  ) as { name: string; params?: object }[];
  const changed = steps.flatMap((step) => ("params" in step ? [step.params] : []));
  const own = chain || routes.length > 0 ? [] : [params ?? {}];
  return [...own, ...changed, ...links.filter((one) => one.name === name).map((one) => one.params)];
}

const fewValues = ({ type, enum: values }: Schema): readonly unknown[] =>
  values ?? (type === "boolean" ? [true, false] : []);

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;

function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return root.$defs![schema.$ref.slice("#/$defs/".length)]!;
}
