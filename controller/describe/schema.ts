/** JSON Schemas of answers. Objects are closed: what an answer has beyond them is a fault of the description. */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: "string" };
export const flag: Schema = { type: "boolean" };
export const count: Schema = { type: "integer", minimum: 0 };
export const time: Schema = { type: "string", format: "date-time" };
/** Whatever JSON can write. */
export const anything: Schema = {};
export const openObject: Schema = { type: "object" };

export const oneOf = (...allowed: readonly string[]): Schema => ({ enum: allowed });
export const constant = (value: unknown): Schema => ({ const: value });
export const listOf = (items: Schema): Schema => ({ type: "array", items });
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
export const tableOf = (values: Schema): Schema => ({
  type: "object",
  additionalProperties: values,
});
export const component = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

type Fields = Readonly<Record<string, Schema>>;

export const object = (required: Fields, optional: Fields = {}): Schema => ({
  type: "object",
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});

/** `{status: "success", …}` */
export const success = (required: Fields, optional: Fields = {}): Schema =>
  object({ status: constant("success"), ...required }, optional);

/** `{status: "success", count, <key>: […]}` */
export const successList = (key: string, item: Schema): Schema =>
  success({ count, [key]: listOf(item) });

/** What every refusal looks like that is not about who asks. */
export const problemSchema = object(
  { status: constant("error"), message: text },
  { errors: listOf(object({ field: text, message: text })) },
);

/** What a refusal looks like that is about who asks. */
export const refusalSchema = object({
  code: oneOf("authentication_failed", "forbidden", "skip_authz"),
  message: text,
});
