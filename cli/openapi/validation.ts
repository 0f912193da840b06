/** The request-validation policy of one operation: its body, query parameters and headers. */
import { SchemaWriter } from "./schema.ts";
import { isObject, type Json, type Located, type Spec } from "./spec.ts";

export interface Parameter {
  name: string;
  in: string;
  required: boolean;
  /** Null: it is described by a media type, or not at all. */
  schema: Located | null;
  style: string | undefined;
  explode: boolean | undefined;
}

/** Headers that OpenAPI says nothing about in parameters. */
const elsewhere = new Set(["accept", "content-type", "authorization"]);

export async function validation(
  spec: Spec,
  parameters: readonly Parameter[],
  body: Located | null,
  remark: (text: string) => void,
): Promise<Json | null> {
  const params: Json = {};
  const query = await fields(spec, parameters, "query", remark);
  const headers = await fields(spec, parameters, "header", remark);
  if (query) params["query"] = { schema: query };
  if (headers) params["headers"] = { schema: headers };
  if (body) params["body"] = await bodyRules(spec, body, remark);
  await unchecked(spec, parameters, remark);
  if (Object.keys(params).length === 0) return null;
  return { name: "request-validation", version: "v1", params };
}

/** What the policy does not look at. */
async function unchecked(
  spec: Spec,
  parameters: readonly Parameter[],
  remark: (text: string) => void,
): Promise<void> {
  for (const { name, in: place, schema } of parameters) {
    if (place === "cookie") remark(`the cookie '${name}' is not checked`);
    if (place !== "path" || !schema) continue;
    const { value } = await spec.follow(schema);
    if (restricts(value)) remark(`the path parameter '${name}' takes any text: it is not checked`);
  }
}

const freeWords = new Set(
  "type format description title example examples default deprecated".split(" "),
);

/** Whether a schema asks for more than a text. */
const restricts = (schema: unknown): boolean =>
  isObject(schema) &&
  ((schema["type"] ?? "string") !== "string" ||
    Object.keys(schema).some((key) => !freeWords.has(key) && !key.startsWith("x-")));

/** An object whose properties are parameters of their own, so that none has its name: `a[b]=1`, or `b=1`. */
async function isSpread(spec: Spec, { schema, in: place, style, explode }: Parameter) {
  if (place !== "query" || !schema) return false;
  if (style === "deepObject") return true;
  const { value } = await spec.follow(schema);
  const isForm = (style ?? "form") === "form" && explode !== false;
  return isForm && isObject(value) && [value["type"]].flat().includes("object");
}

async function fields(
  spec: Spec,
  parameters: readonly Parameter[],
  place: "query" | "header",
  remark: (text: string) => void,
): Promise<Json | null> {
  const properties: Json = {};
  const required: string[] = [];
  for (const one of parameters.filter((one) => one.in === place)) {
    const name = place === "header" ? one.name.toLowerCase() : one.name;
    if (place === "header" && elsewhere.has(name)) continue;
    if (await isSpread(spec, one)) {
      remark(`query ${name}: an object in parameters of its own is not checked`);
      continue;
    }
    const checkable = await asField(spec, one, remark);
    if (checkable === null) remark(`${place} ${name}: only whether it is there is checked`);
    properties[name] = checkable ?? {};
    if (one.required) required.push(name);
  }
  if (Object.keys(properties).length === 0) return null;
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

/** A field is text, or what its one type reads it as; objects and lists within one text are not read. */
async function asField(
  spec: Spec,
  { schema, style, explode, in: place }: Parameter,
  remark: (text: string) => void,
): Promise<Json | null> {
  if (!schema) return null;
  const written = await new SchemaWriter(spec, remark).whole(await spec.follow(schema));
  // A part of the schema that is elsewhere would lie at another place there.
  if (!isObject(written) || "$defs" in written) return null;
  const types = [written["type"]].flat().filter((type) => type !== "null");
  if (types.length > 1 || types[0] === "object") return null;
  const repeats = place === "query" && (style ?? "form") === "form" && explode !== false;
  if (types[0] === "array" && !repeats) return null;
  return types[0] === undefined ? written : { ...written, type: types[0] };
}

async function bodyRules(
  spec: Spec,
  located: Located,
  remark: (text: string) => void,
): Promise<Json> {
  const { value, file } = await spec.follow(located);
  const { content = {}, required = false } = (isObject(value) ? value : {}) as {
    content?: Record<string, Json>;
    required?: boolean;
  };
  const types = Object.keys(content);
  const all = types.map((type) => type.split(";")[0]!.trim().toLowerCase());
  const rules: Json = { ...(all.length > 0 && { contentTypes: [...new Set(all)] }), required };
  const schemas = types.map((type) => content[type]?.["schema"]);
  const first = schemas[0];
  if (all.length === 0 || !all.every(isJson)) {
    if (all.some(isJson)) remark("of a body of several types only the type is checked");
    return rules;
  }
  if (schemas.some((one) => JSON.stringify(one) !== JSON.stringify(first)))
    remark("of a body with a schema for each type only the type is checked");
  else if (first !== undefined)
    rules["schema"] = await new SchemaWriter(spec, remark).whole({ value: first, file });
  return rules["schema"] === true ? { ...rules, schema: {} } : rules;
}

const isJson = (type: string): boolean => /^[^/]+\/(?:.+\+)?json$/.test(type);
